import { startWorker } from '../base/worker.ts'
import { writer } from './writer.ts'

void startWorker(writer)
