// The client: resources whose prototypes are filled from the table.
'use strict'

const { inspect } = require('node:util')
const native = require('./native.js')
const table = require('./table.js')
const { pack } = require('./arguments.js')
const { begin } = require('./port.js')
const { traced } = require('./trace.js')
const { errorFrom, invalidArgument, cancelled } = require('./errors.js')

class Brevo {
  #client

  /** @param {string | object} [settings] an API key, or settings; the rest comes from the environment */
  constructor (settings) {
    const { json } = pack(typeof settings === 'string' ? { apiKey: settings } : settings, 'the settings', { settings: true })
    try {
      this.#client = new native.Client(json)
    } catch (error) {
      throw errorFrom(error.message)
    }
  }

  toString () {
    return this.#client.describe()
  }

  [inspect.custom] () {
    return this.#client.describe()
  }

  static {
    for (const resource of table.resources) {
      let Resource
      lazily(Brevo.prototype, resource.name, brevo => {
        Resource ??= resourceClass(resource)
        return new Resource(brevo.#client)
      })
    }
  }
}

/** A class whose instances hold the operations and jobs of one resource. */
function resourceClass (resource) {
  let clientOf
  const { [resource.type]: Resource } = {
    [resource.type]: class {
      #client
      constructor (client) { this.#client = client }
      static { clientOf = instance => instance.#client }
    }
  }
  const add = (row, index, make) => {
    const known = { ...row, index, id: `${resource.name}.${row.name}` }
    lazily(Resource.prototype, row.name, instance => make(clientOf(instance), known))
  }
  resource.operations.forEach((row, i) => add(row, resource.first + i, operation))
  resource.jobs.forEach(row => add(row, row.index, job))
  return Resource
}

/** Makes a property on first use, and keeps it on the object. */
function lazily (object, name, make) {
  Object.defineProperty(object, name, {
    configurable: true,
    get () {
      const value = make(this)
      Object.defineProperty(this, name, { value, writable: true, configurable: true })
      return value
    }
  })
}

/** An operation: called for the body; `raw` for the whole reply; `iter` for the entries of all pages. */
function operation (client, row) {
  const { [row.name]: operation } = {
    async [row.name] (params, options) {
      return bodyOf(await send(client, row, params, options))
    }
  }
  operation.raw = async function raw (params, options) {
    const report = await send(client, row, params, options)
    return { ...JSON.parse(report.reply), body: bodyOf(report) }
  }
  if (row.lists) operation.iter = (params, options) => iterate(client, row, params, options)
  return documented(operation, () => native.operationDoc(row.index))
}

/** A job: called like an operation; its options are `signal` and `onProgress`. */
function job (client, row) {
  const { [row.name]: job } = {
    async [row.name] (params, options) {
      return bodyOf(settled(await call(row, async () => {
        const { signal, onProgress, ...others } = checkedOptions(options, row)
        for (const name of Object.keys(others)) {
          throw invalidArgument(row, `options.${name}`, 'there is no such option; known are signal, onProgress')
        }
        if (onProgress !== undefined && typeof onProgress !== 'function') {
          throw invalidArgument(row, 'options.onProgress', 'expected a function')
        }
        const { json } = await pack(params, 'the arguments', row)
        return begin((port, id) => client.run(port, id, row.index, json), signal, onProgress)
      }), row))
    }
  }
  return documented(job, () => native.jobDoc(row.index))
}

function documented (method, read) {
  return Object.defineProperty(method, 'doc', { get: read, enumerable: true })
}

async function send (client, row, params, options) {
  warnOnce(row)
  return settled(await call(row, async () => {
    const { signal, ...others } = checkedOptions(options, row)
    if (signal?.aborted) return { aborted: signal.reason }
    const packed = packedCall(row, params, others, signal)
    const reading = packed instanceof Promise
    const [{ json, files }, { json: optionsJson }] = reading ? await unlessAborted(packed, signal, row) : packed
    return begin((port, id) => client.call(port, id, row.index, json, optionsJson, files), signal)
  }), row)
}

/** The report of a call or job, told to whoever listens. */
function call (row, begun) {
  return traced(row, begun, report => settled(report, row))
}

/** The entries of all pages; the next page is fetched while the entries of one are used. */
async function * iterate (client, row, params, options) {
  warnOnce(row)
  const { signal, ...others } = checkedOptions(options, row)
  const [{ json: first }, { json: optionsJson }] = await packedCall(row, params, others)
  const pages = pagesOf(row, first)
  const stop = new AbortController()
  const abort = () => stop.abort(signal.reason)
  const fetch = () => {
    const json = pages.next()
    return json && call(row, () => begin((port, id) => client.call(port, id, row.index, json, optionsJson), stop.signal))
  }
  signal?.addEventListener('abort', abort, { once: true })
  try {
    if (signal?.aborted) abort()
    for (let page = fetch(); page;) {
      const body = bodyOf(settled(await page, row))
      const found = Array.isArray(body) ? body : body?.[pages.itemsKey]
      const items = Array.isArray(found) ? found : []
      const total = body?.[pages.totalKey]
      pages.advance(items.length, typeof total === 'number' ? total : undefined)
      page = fetch()
      yield * items
    }
  } finally {
    signal?.removeEventListener('abort', abort)
    stop.abort()
  }
}

/** Arguments and options, read before the caller can change them. A promise only where content is to be read. */
function packedCall (row, params, options, signal) {
  const packed = [pack(params, 'the arguments', row, signal), pack(options, 'the options', { id: row.id }, signal)]
  return packed.some(one => one instanceof Promise) ? Promise.all(packed) : packed
}

/** What the promise gives, unless the signal aborts first. */
function unlessAborted (promise, signal, row) {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled(row, signal.reason))
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    if (signal.aborted) abort()
  })
}

function pagesOf (row, json) {
  try {
    return new native.Pages(row.index, json)
  } catch (error) {
    throw errorFrom(error.message, row)
  }
}

/** The report of a call that went well; throws in all other cases. */
function settled (report, row) {
  if ('failure' in report) throw report.failure
  if (report.error !== undefined) throw errorFrom(report.error, row)
  if ('thrown' in report) throw report.thrown
  if ('aborted' in report) throw cancelled(row, report.aborted)
  return report
}

function bodyOf ({ bytes, text, marker }) {
  if (text === undefined) return bytes
  if (marker === undefined) return JSON.parse(text)
  // Integers beyond 2^53 come as texts that begin with the marker.
  return JSON.parse(text, (_, value) =>
    typeof value === 'string' && value.startsWith(marker) ? BigInt(value.slice(marker.length)) : value)
}

function checkedOptions (options, row) {
  if (options === undefined || options === null) return {}
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw invalidArgument(row, 'options', `expected an object, got ${Array.isArray(options) ? 'an array' : `a ${typeof options}`}`)
  }
  const { signal } = options
  if (signal !== undefined && signal !== null && typeof signal.addEventListener !== 'function') {
    throw invalidArgument(row, 'options.signal', 'expected an AbortSignal')
  }
  return options
}

const warned = new Set()

function warnOnce (row) {
  if (!row.deprecated || warned.has(row.id)) return
  warned.add(row.id)
  process.emitWarning(`${row.id}: ${row.deprecated}`, 'DeprecationWarning', 'BREVO_DEPRECATED')
}

module.exports = { Brevo }
