// Loaded before the program (`--import`): at SIGUSR2 its main thread does nothing else any more.
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('SIGUSR2', () => {
    for (;;);
  })
}
