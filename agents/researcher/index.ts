import { startWorker } from '../base/worker.ts'
import { researcher } from './researcher.ts'

void startWorker(researcher)
