// Calls under way: each is one promise here and one task in the core.
'use strict'

const native = require('./native.js')

const pending = new Map()
let port
let last = 0

function take () {
  for (const report of port.take()) {
    const call = pending.get(report.id)
    if (!call) continue
    if (report.progress !== undefined) {
      call.onProgress(JSON.parse(report.progress))
    } else {
      pending.delete(report.id)
      call.resolve(report)
    }
  }
}

/**
 * Starts a call, and gives what the core reports of it. Given up on when `signal` aborts.
 *
 * @param {(port: object, id: number) => void} start
 * @param {AbortSignal} [signal]
 * @param {(progress: object) => void} [onProgress] throwing ends the call
 * @returns {Promise<object>} a report, or `{aborted}` or `{thrown}` with the reason; it never rejects
 */
function begin (start, signal, onProgress) {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve({ aborted: signal.reason })
    port ??= new native.Port(take)
    const id = last = (last + 1) >>> 0
    const end = outcome => {
      if (!pending.delete(id)) return
      port.cancel(id)
      finish(outcome)
    }
    const abort = () => end({ aborted: signal.reason })
    const finish = outcome => {
      signal?.removeEventListener('abort', abort)
      resolve(outcome)
    }
    pending.set(id, {
      resolve: finish,
      onProgress: progress => {
        try {
          onProgress?.(progress)
        } catch (thrown) {
          end({ thrown })
        }
      }
    })
    signal?.addEventListener('abort', abort, { once: true })
    start(port, id)
  })
}

module.exports = { begin }
