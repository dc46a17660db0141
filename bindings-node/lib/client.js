// The client: resources whose prototypes are filled from the table.
'use strict'

const { inspect } = require('node:util')
const native = require('./native.js')
const table = require('./table.js')
const { pack } = require('./arguments.js')
const { Report, begin, FAILED, EMPTY, JSON_TEXT, MARKED, PAGE, ABORTED, THROWN } = require('./port.js')
const { takeSource } = require('./source.js')
const { heard, told } = require('./trace.js')
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

/** What a call gives beside the body: the rest of the reply too; or a page of a listing laid out in pieces. */
const HEAD = 1
const LAID_OUT = 2

/** An operation: called for the body; `raw` for the whole reply; `iter` for the entries of all pages, `arrow` for them as columns. */
function operation (client, row) {
  const { [row.name]: operation } = {
    async [row.name] (params, options) {
      return bodyOf(await send(client, row, params, options, 0), row)
    }
  }
  operation.raw = async function raw (params, options) {
    const report = await send(client, row, params, options, HEAD)
    const body = bodyOf(report, row)
    return { ...JSON.parse(report.head), body }
  }
  if (row.lists) {
    operation.iter = (params, options) => {
      const { Listing } = require('./listing.js')
      return new Listing(() => open(client, row, params, options))
    }
    operation.arrow = (params, options) => {
      const { Table } = require('./columns.js')
      return new Table(() => openColumns(client, row, params, options))
    }
  }
  return documented(operation, () => native.operationDoc(row.index))
}

/** A job: called like an operation; its options are `signal` and `onProgress`. `iter` gives the rows of an export, `arrow` its columns. */
function job (client, row) {
  const { [row.name]: job } = {
    async [row.name] (params, options) {
      return bodyOf(await call(row, async () => {
        const { signal, onProgress, shownOn } = jobOptions(options, row)
        const { params: others, pieces } = takeSource(params, row)
        const { json } = await pack(others, 'the arguments', row)
        const feeding = pieces && { rows: pieces.length }
        const start = (port, id) => client.run(port, id, row.index, json, feeding, shownOn)
        return begin(start, signal, onProgress, pieces)
      }), row)
    }
  }
  if (row.rows) {
    job.iter = (params, options) => {
      const { Listing } = require('./listing.js')
      return new Listing(() => openRows(client, row, params, options))
    }
    job.arrow = (params, options) => {
      const { Table } = require('./columns.js')
      return new Table(() => openRowsAsColumns(client, row, params, options))
    }
  }
  return documented(job, () => native.jobDoc(row.index))
}

/** The options of a job: who is told of its progress, or where that is shown. */
function jobOptions (options, row) {
  const { signal, onProgress, ...unknown } = checkedOptions(options, row)
  for (const name of Object.keys(unknown)) {
    throw invalidArgument(row, `options.${name}`, 'there is no such option; known are signal, onProgress')
  }
  if (!['undefined', 'boolean', 'function'].includes(typeof onProgress)) {
    throw invalidArgument(row, 'options.onProgress', 'expected a function, or true')
  }
  if (typeof onProgress === 'function') return { signal, onProgress }
  return { signal, shownOn: onProgress ? screen() : undefined }
}

/** Where progress is shown: a terminal of so many columns, or what is none. */
function screen () {
  return process.stderr.isTTY ? { columns: process.stderr.columns || 80 } : {}
}

function documented (method, read) {
  return Object.defineProperty(method, 'doc', { get: read, enumerable: true })
}

/** Makes a call of an operation, and gives the report of it. */
function send (client, row, params, options, wishes) {
  if (row.deprecated) warnOnce(row)
  if (!heard()) return started(client, row, params, options, wishes)
  return call(row, async () => started(client, row, params, options, HEAD))
}

/** The report of a call or job, told to whoever listens. */
function call (row, begun) {
  return heard() ? told(row, begun, report => settled(report, row)) : begun()
}

function started (client, row, params, options, wishes) {
  if (options === undefined) {
    const packed = pack(params, 'the arguments', row)
    if (!(packed instanceof Promise)) return begun(client, row, wishes, packed)
    return packed.then(packed => begun(client, row, wishes, packed))
  }
  const { signal, ...others } = checkedOptions(options, row)
  if (signal?.aborted) return new Report(ABORTED, signal.reason)
  const start = ([packed, packedOptions]) => begun(client, row, wishes, packed, packedOptions, signal)
  const packed = packedCall(row, params, others, signal)
  return packed instanceof Promise ? unlessAborted(packed, signal, row).then(start) : start(packed)
}

function begun (client, row, wishes, { json, files }, options, signal) {
  return begin((port, id) => client.call(port, id, row.index, wishes, json, options?.json, files), signal)
}

/** The pages of a listing; the next one is fetched while the entries of one are used. */
async function open (client, row, params, options) {
  const { Whole, Laid } = require('./listing.js')
  warnOnce(row)
  const { signal, ...others } = checkedOptions(options, row)
  const [{ json: first }, packedOptions] = await packedCall(row, params, others)
  const pages = made(row, () => new native.Pages(row.index, first))
  const stop = new AbortController()
  const abort = () => stop.abort(signal.reason)
  const fetch = () => {
    const json = pages.next()
    if (!json) return undefined
    const wishes = heard() ? HEAD | LAID_OUT : LAID_OUT
    return call(row, () => begun(client, row, wishes, { json }, packedOptions, stop.signal))
  }
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  let report = fetch()
  return {
    async next () {
      if (!report) return undefined
      const { kind, value } = settled(await report, row)
      const page = kind === PAGE ? new Laid(value) : new Whole(bodyOf({ kind, value }, row), pages)
      pages.advance(page.count, page.total)
      report = fetch()
      return page
    },
    stop () {
      signal?.removeEventListener('abort', abort)
      stop.abort()
    }
  }
}

/** The rows of an export; the next page is fetched while the rows of one are used. */
async function openRows (client, row, params, options) {
  const { Whole, Laid } = require('./listing.js')
  const watch = jobOptions(options, row)
  const { json } = await pack(params, 'the arguments', row)
  return pieces(made(row, () => new native.Rows(client, row.index, json)), row, watch, ({ kind, value }) => {
    if (kind === EMPTY) return undefined
    return kind === PAGE ? new Laid(value) : new Whole(bodyOf({ kind, value }, row), {})
  })
}

/** The rows of an export as columns: pieces of bytes; the next page is fetched while one is used. */
async function openRowsAsColumns (client, row, params, options) {
  const watch = jobOptions(options, row)
  const { json } = await pack(params, 'the arguments', row)
  return columns(made(row, () => native.Batches.ofJob(client, row.index, json)), row, watch)
}

/** The entries of a listing as columns, in the same way. */
async function openColumns (client, row, params, options) {
  warnOnce(row)
  const { signal, ...others } = checkedOptions(options, row)
  const [{ json }, packedOptions] = await packedCall(row, params, others)
  return columns(made(row, () => native.Batches.ofListing(client, row.index, json, packedOptions?.json)), row, { signal })
}

function columns (batches, row, watch) {
  const { next, stop } = pieces(batches, row, watch, ({ value }) => value.length > 0 ? value : undefined)
  return { next, stop, unfit: () => JSON.parse(batches.unfit) }
}

/** What the core gives piece by piece, until it is stopped. */
function pieces (source, row, { signal, onProgress, shownOn }, read) {
  const stop = new AbortController()
  const abort = () => stop.abort(signal.reason)
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  return {
    async next () {
      const report = await call(row, async () => begin((port, id) => source.next(port, id, shownOn), stop.signal, onProgress))
      return read(settled(report, row))
    },
    stop () {
      signal?.removeEventListener('abort', abort)
      stop.abort()
      source.close()
    }
  }
}

/**
 * Arguments and options, read before the caller can change them; no options where none are given. A promise only
 * where content is to be read.
 */
function packedCall (row, params, options, signal) {
  const packed = [pack(params, 'the arguments', row, signal)]
  if (Object.keys(options).length > 0) packed.push(pack(options, 'the options', { id: row.id }, signal))
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

/** What the core makes at once; it throws where it refuses the arguments. */
function made (row, make) {
  try {
    return make()
  } catch (error) {
    throw errorFrom(error.message, row)
  }
}

/** The report of a call that went well; throws in all other cases. */
function settled (report, row) {
  if (report.failure !== undefined) throw report.failure
  switch (report.kind) {
    case FAILED: throw errorFrom(report.value, row)
    case THROWN: throw report.value
    case ABORTED: throw cancelled(row, report.value)
    default: return report
  }
}

/** The body of a call that went well; throws in all other cases. */
function bodyOf (report, row) {
  switch (report.kind) {
    case JSON_TEXT: return JSON.parse(report.value)
    case MARKED: return unmarked(report.value)
    default: return settled(report, row).value
  }
}

/** Integers beyond 2^53 come as texts that begin with a marker. */
function unmarked ([marker, json]) {
  return JSON.parse(json, (_, value) =>
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
