// Calls under way: each is one promise here and one task in the core.
'use strict'

const native = require('./native.js')

/** What a report tells. The first are the core's, in the order of `News` in `src/port.rs`. */
const [FAILED, PROGRESS, EMPTY, JSON_TEXT, MARKED, BYTES, PAGE, WANTED, SHOWN, ABORTED, THROWN] = Array.from({ length: 11 }, (_, kind) => kind)

/** What became of a call. */
class Report {
  /** What subscribers of the diagnostics channel have been told of. */
  failure = undefined

  /**
   * @param {number} kind
   * @param {unknown} [value] an error or a body, as it came; the reason where the call was given up
   * @param {string} [head] status, headers, attempts and rate limit as JSON, where they were asked for
   */
  constructor (kind, value, head) {
    this.kind = kind
    this.value = value
    this.head = head
  }
}

/** For each call what its report goes to, and its progress where that is listened to. */
const pending = new Map()
let port
let last = 0

const ready = Promise.resolve()
let isSending = false

/** Hands over what has been started in this turn of the event loop. */
function send () {
  isSending = false
  port.send()
}

function take () {
  const news = port.take()
  for (let i = 0; i < news.length; i += 4) {
    const id = news[i]
    if (news[i + 1] === SHOWN) {
      process.stderr.write(news[i + 2])
      continue
    }
    const call = pending.get(id)
    if (call === undefined) continue
    if (news[i + 1] === WANTED) {
      call.give()
    } else if (news[i + 1] === PROGRESS) {
      call.progress?.(JSON.parse(news[i + 2]))
    } else {
      pending.delete(id)
      call.resolve(new Report(news[i + 1], news[i + 2], news[i + 3]))
    }
  }
}

/**
 * Starts a call, and gives what the core reports of it. Given up on when `signal` aborts.
 *
 * @param {(port: object, id: number) => void} start
 * @param {AbortSignal} [signal]
 * @param {(progress: object) => void} [onProgress] throwing ends the call
 * @param {{next: () => Promise<string | Buffer | undefined>, close: (reason?: unknown) => void}} [pieces] what a job
 *   reads; where that fails, the call ends when all that was on its way has come to its end
 * @returns {Promise<Report>} it never rejects
 */
function begin (start, signal, onProgress, pieces) {
  return new Promise(resolve => {
    if (signal?.aborted) {
      pieces?.close(signal.reason)
      return resolve(new Report(ABORTED, signal.reason))
    }
    port ??= new native.Port(take)
    const id = last = (last + 1) >>> 0
    pending.set(id, signal || onProgress || pieces ? watched(id, resolve, signal, onProgress, pieces) : { resolve })
    start(port, id)
    if (isSending) return
    isSending = true
    ready.then(send)
  })
}

/** A call that can be given up on, or that reads. */
function watched (id, resolve, signal, onProgress, pieces) {
  let broken
  const end = report => {
    if (!pending.delete(id)) return
    port.cancel(id)
    finish(report)
  }
  const abort = () => end(new Report(ABORTED, signal.reason))
  const finish = report => {
    signal?.removeEventListener('abort', abort)
    pieces?.close(report.kind === ABORTED ? report.value : undefined)
    resolve(broken ?? report)
  }
  signal?.addEventListener('abort', abort, { once: true })
  return {
    resolve: finish,
    async give () {
      try {
        const piece = await pieces.next()
        if (pending.has(id)) port.give(id, piece)
      } catch (thrown) {
        if (!pending.has(id)) return
        broken = new Report(THROWN, thrown)
        port.breakOff(id)
      }
    },
    progress: onProgress && (progress => {
      try {
        onProgress(progress)
      } catch (thrown) {
        end(new Report(THROWN, thrown))
      }
    })
  }
}

module.exports = { Report, begin, FAILED, EMPTY, JSON_TEXT, MARKED, BYTES, PAGE, ABORTED, THROWN }
