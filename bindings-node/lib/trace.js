// Events of node:diagnostics_channel, in the manner of a TracingChannel but on every Node from 18 on.
'use strict'

const { channel } = require('node:diagnostics_channel')

// Held here: a channel that nobody holds may be collected, and its subscribers with it.
const [start, end, asyncStart, asyncEnd, error] =
  ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(event => channel(`tracing:brevo-native:request:${event}`))

/** Whether anybody listens. */
const heard = () => start.hasSubscribers || end.hasSubscribers || asyncStart.hasSubscribers ||
  asyncEnd.hasSubscribers || error.hasSubscribers

/**
 * Makes a call, and tells subscribers of it. What is sent and what comes back is
 * not told: it is personal, and some replies hold keys.
 *
 * @param {{id: string, method?: string, path?: string}} row operation or job
 * @param {() => Promise<object>} call gives the report of the call
 * @param {(report: object) => object} settled throws where the report is of a call that failed
 * @returns {Promise<object>} the report; its `failure` is what subscribers have been told
 */
async function told (row, call, settled) {
  const context = { operation: row.id, method: row.method, path: row.path }
  const begin = () => {
    const promise = call()
    promise.catch(() => {}) // met below, after `end`
    end.publish(context)
    return promise
  }
  const failed = failure => {
    const { status, attempts } = failure
    Object.assign(context, { status, attempts, error: failure })
    error.publish(context)
  }
  try {
    // From Node 18.19 on, stores that are bound to the channel (the span of an APM) hold during the call.
    const report = await (start.runStores ? start.runStores(context, begin) : (start.publish(context), begin()))
    try {
      settled(report)
      if (row.method) Object.assign(context, outcomeOf(report))
    } catch (failure) {
      report.failure = failure
      failed(failure)
    }
    return report
  } catch (failure) {
    failed(failure)
    throw failure
  } finally {
    asyncStart.publish(context)
    asyncEnd.publish(context)
  }
}

function outcomeOf ({ head }) {
  const { status, attempts, rateLimit } = JSON.parse(head)
  return { status, attempts, rateLimit }
}

module.exports = { heard, told }
