import { startWorker } from '../base/worker.ts'
import { analyzer } from './analyzer.ts'

void startWorker(analyzer)
