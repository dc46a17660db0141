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
 * The error that the core tells as JSON.
 *
 * @param {string} json
 * @param {{id: string, names?: Record<string, string>}} [row] operation or job that failed
 */
function errorFrom (json, row) {
  const facts = JSON.parse(json)
  const cause = facts.sources.reduceRight(source, undefined)
  return make({
    ...facts,
    reason: respelled(facts.message, row?.names),
    parameter: facts.parameter && spell(facts.parameter, row?.names),
    headers: facts.headers,
    body: facts.status === null ? undefined : facts.body,
    duplicateIdentifiers: facts.duplicate_identifiers,
    retryAfter: facts.retry_after,
    cause
  }, row)
}

/** An error of the settings, whose names are in camelCase here. */
function settingsErrorFrom (json) {
  const error = errorFrom(json)
  const camel = text => text?.replace(SNAKE, camelOf)
  for (const name of ['message', 'reason', 'parameter', 'advice']) error[name] = camel(error[name])
  return error
}

/** What the core's error came from; its place in the code says nothing here. */
function source (cause, text) {
  const error = new Error(text, cause && { cause })
  hidden(error, 'stack', String(error))
  return error
}

/** An error that is found on this side. */
function make (facts, row) {
  const operation = row?.id ?? facts.operation ?? undefined
  const where = [operation, facts.parameter].filter(Boolean).map(part => `${part}: `).join('')
  const answer = facts.status ? ` (HTTP ${facts.status}${facts.code ? `, ${facts.code}` : ''})` : ''
  const text = `${where}${facts.reason}${answer}`
  return new (classOfKind[facts.kind] ?? BrevoError)({ attempts: 0, ...facts, operation, text })
}

function invalidArgument (row, parameter, reason, cause) {
  const advice = 'Correct the argument; nothing was sent.'
  return make({ kind: 'invalid_argument', parameter, reason, advice, cause }, row)
}

function cancelled (row, cause) {
  const advice = 'The call may have been carried out; look before calling again.'
  return make({ kind: 'cancelled', reason: 'the caller gave up on the call', advice, cause }, row)
}

/** Parameters are named as on the wire, which is how they are written here. */
function spell (parameter, names) {
  return parameter.replace(/^\w+/, name => names?.[name] ?? name)
}

const SNAKE = /\b[a-z]+(?:_[a-z]+)+\b/g
const camelOf = name => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

/** A sentence in which the core lists names. All others may hold texts of Brevo and of users. */
function respelled (reason, names) {
  if (reason.startsWith('there is no such parameter')) return reason.replace(SNAKE, name => names?.[name] ?? name)
  if (reason.startsWith('there is no such option')) return reason.replace(SNAKE, camelOf)
  return reason
}

module.exports = { classes, errorFrom, settingsErrorFrom, invalidArgument, cancelled }
