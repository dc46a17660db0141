// Error classes: one per kind of the core, all under BrevoError.
'use strict'

const { kinds } = require('./table.js')

class BrevoError extends Error {
  /** @param {object} facts what the core's `Error::to_json` tells, keys in camelCase */
  constructor (facts) {
    super(facts.text, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.kind = facts.kind
    for (const name of ['operation', 'parameter', 'status', 'code', 'reason', 'advice', 'retryAfter', 'attempts']) {
      this[name] = facts[name] ?? undefined
    }
    this.duplicateIdentifiers = facts.duplicateIdentifiers ?? []
    // Left out of what `console.log` prints: they are long, and may hold what users wrote.
    hidden(this, 'headers', facts.headers ?? undefined)
    hidden(this, 'body', facts.body ?? undefined)
  }
}
hidden(BrevoError.prototype, 'name', 'BrevoError')

const classes = { BrevoError }
const classOfKind = {}
for (const [kind, pascal] of kinds) {
  const name = `${pascal}Error`
  classes[name] = classOfKind[kind] = { [name]: class extends BrevoError {} }[name]
  hidden(classes[name].prototype, 'name', name)
}

function hidden (object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, configurable: true })
}

/**
 * The error that the core tells as JSON, in the names of Node.
 *
 * @param {string} json
 * @param {{id: string}} [row] operation or job that failed; none where the settings are wrong
 */
function errorFrom (json, row) {
  const facts = JSON.parse(json)
  const cause = facts.sources.reduceRight(source, undefined)
  return make({
    ...facts,
    reason: facts.message,
    body: facts.status === null ? undefined : facts.body,
    duplicateIdentifiers: facts.duplicate_identifiers,
    retryAfter: facts.retry_after,
    cause
  }, row)
}

/** What the core's error came from; its place in the code says nothing here. */
function source (cause, text) {
  const error = new Error(text, cause && { cause })
  hidden(error, 'stack', String(error))
  return error
}

/** An error that is found on this side. */
function make (facts, row) {
  // Where a call of a job failed, that call.
  const operation = facts.operation ?? row?.id
  const where = [operation, facts.parameter].filter(Boolean).map(part => `${part}: `).join('')
  const answer = facts.status ? ` (HTTP ${facts.status}${facts.code ? `, ${facts.code}` : ''})` : ''
  const text = `${where}${facts.reason}${answer}`
  return new (classOfKind[facts.kind] ?? BrevoError)({ attempts: 0, ...facts, operation, text })
}

function invalidArgument (row, parameter, reason, cause) {
  if (row?.settings) return make({ kind: 'configuration', parameter, reason, advice: "Correct the client's settings.", cause })
  const advice = 'Correct the argument; nothing was sent.'
  return make({ kind: 'invalid_argument', parameter, reason, advice, cause }, row)
}

/** A local file that cannot be read. */
function ioError (row, parameter, cause) {
  const advice = 'Check that the file exists and that this process may use it.'
  return make({ kind: 'io', parameter, reason: cause.message, advice, cause }, row)
}

function cancelled (row, cause) {
  const advice = 'The call may have been carried out; look before calling again.'
  return make({ kind: 'cancelled', reason: 'the caller gave up on the call', advice, cause }, row)
}

module.exports = { classes, errorFrom, invalidArgument, ioError, cancelled }
