// What a job can be given to read: a path, content, or anything that gives rows. Rows go to the core as
// lines of JSON, in pieces, each when it is asked for.
'use strict'

const { pack } = require('./arguments.js')
const { invalidArgument } = require('./errors.js')

/** Characters in which rows are handed on, and the time in milliseconds that it may take to gather them. */
const PIECE = 128 << 10
const PATIENCE = 10

/**
 * Takes the source out of the parameters of a job.
 *
 * @param {object | undefined} params
 * @param {{id: string, source?: string}} row the job, and the parameter in whose place its source may be given
 * @returns {{params: object | undefined, pieces?: Pieces}} what is left, and what gives the rows
 */
function takeSource (params, row) {
  if (!row.source || typeof params !== 'object' || params === null || Array.isArray(params)) return { params }
  const { source, ...others } = params instanceof Map ? Object.fromEntries(params) : params
  const path = others[row.source]
  if (path instanceof URL) others[row.source] = localPath(path, row, row.source)
  if (source === undefined || source === null) return { params: others }
  if (typeof source !== 'string' && !(source instanceof URL)) return { params: others, pieces: new Pieces(source, row) }
  if (path !== undefined && path !== null) {
    throw invalidArgument(row, row.source, 'rows are given already; leave one of both out')
  }
  others[row.source] = source instanceof URL ? localPath(source, row, 'source') : source
  return { params: others }
}

function localPath (url, row, parameter) {
  try {
    return require('node:url').fileURLToPath(url)
  } catch (error) {
    throw invalidArgument(row, parameter, error.message, error)
  }
}

/** The rows of a source, in pieces. Where its first item is bytes or text, all are pieces of a file. */
class Pieces {
  /** Items that came. */
  #count = 0
  #isContent
  #iterator
  #isAsync
  #isOver = false
  #source
  #row
  /** Columns of the tables that came, by their schemas. */
  #columns = new WeakMap()

  constructor (source, row) {
    this.#source = source
    this.#row = row
    const items = itemsOf(source)
    this.#isAsync = typeof items?.[Symbol.asyncIterator] === 'function'
    if (!this.#isAsync && typeof items?.[Symbol.iterator] !== 'function') {
      const what = typeof source === 'object'
        ? 'a single object; put rows into an array or another iterable'
        : `a ${typeof source}`
      throw invalidArgument(row, 'source', `expected a path, content or an iterable of rows, got ${what}`)
    }
    this.#iterator = this.#isAsync ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  }

  /** How many rows there are, where that is known. */
  get length () {
    const { length, size, numRows } = this.#source
    if (Array.isArray(this.#source)) return length
    return typeof numRows === 'number' ? numRows : this.#source instanceof Set ? size : undefined
  }

  /** The next piece, as text or bytes; `undefined` at the end. */
  async next () {
    const end = performance.now() + PATIENCE
    let text = ''
    while (!this.#isOver) {
      const item = this.#isAsync ? await this.#iterator.next() : this.#iterator.next()
      if (item.done) {
        this.#isOver = true
        break
      }
      const piece = this.#piece(item.value)
      const more = piece instanceof Promise ? await piece : piece
      // Bytes are cut wherever they are, so they are not text.
      if (typeof more !== 'string') return more
      text += more
      if (text.length >= PIECE || (text !== '' && performance.now() >= end)) break
    }
    return text === '' ? undefined : text
  }

  /** Lets go of the source where it is not read to its end. */
  close (reason) {
    if (this.#isOver) return
    this.#isOver = true
    // A stream of Node is left at once, also while it waits for a chunk.
    if (typeof this.#source.destroy === 'function') this.#source.destroy(reason instanceof Error ? reason : undefined)
    try {
      Promise.resolve(this.#iterator.return?.()).catch(() => {})
    } catch { /* the job has ended for another reason */ }
  }

  #piece (item) {
    const bytes = bytesOf(item)
    const isContent = bytes !== undefined || typeof item === 'string'
    this.#isContent ??= isContent
    const at = () => `source[${this.#count}]`
    if (isContent !== this.#isContent) {
      throw invalidArgument(this.#row, at(), 'rows, and pieces of a file, cannot be mixed')
    }
    if (isContent) {
      this.#count++
      return bytes ?? item
    }
    if (isBatch(item)) return this.#batch(item)
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw invalidArgument(this.#row, at(), `a row must be an object, got ${formOf(item)}`)
    }
    const line = isSimple(item) ? JSON.stringify(item) + '\n' : this.#unusual(item, at())
    this.#count++
    return line
  }

  /** A row with values that are sent as arguments are. */
  #unusual (item, root) {
    const given = typeof item.toJSON === 'function' ? item.toJSON() : item
    const row = given instanceof Map ? Object.fromEntries(given) : { ...given }
    for (const [key, value] of Object.entries(row)) {
      // Empty, as JSON has it.
      if (typeof value === 'number' && !Number.isFinite(value)) row[key] = null
    }
    const packed = pack(row, 'the row', { id: this.#row.id, root })
    return packed instanceof Promise ? packed.then(({ json }) => json + '\n') : packed.json + '\n'
  }

  /** The rows of a record batch of Arrow. */
  #batch (batch) {
    const schema = batch.schema
    let columns = this.#columns.get(schema)
    if (!columns) {
      const { columnsOf } = require('./arrow.js')
      this.#columns.set(schema, columns = columnsOf(schema, (name, why) => invalidArgument(this.#row, `source.${name}`, why)))
    }
    this.#count += batch.numRows
    return columns(batch)
  }
}

/** What is iterated over. */
function itemsOf (source) {
  if (typeof source !== 'object' || source === null) return undefined
  const bytes = bytesOf(source)
  if (bytes) return [bytes]
  if (typeof source.stream === 'function' && typeof source.arrayBuffer === 'function') return source.stream()
  // A table of Arrow gives its batches; a batch is one.
  if (isBatch(source)) return [source]
  if (Array.isArray(source.batches) && source.schema?.fields) return source.batches
  return source
}

function isBatch (value) {
  return typeof value?.getChildAt === 'function' && Array.isArray(value.schema?.fields) && !Array.isArray(value.batches)
}

/** Whether JSON.stringify treats all values of a row right. */
function isSimple (row) {
  if (typeof row.toJSON === 'function' || row instanceof Map) return false
  for (const key in row) {
    const value = row[key]
    switch (typeof value) {
      case 'string': case 'number': case 'boolean': case 'undefined': break
      case 'object':
        if (value === null || value instanceof Date) break
        if (Array.isArray(value) && value.every(item => typeof item === 'string' || typeof item === 'number')) break
        return false
      default: return false
    }
  }
  return true
}

function bytesOf (value) {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (value instanceof ArrayBuffer || Object.prototype.toString.call(value) === '[object SharedArrayBuffer]') return Buffer.from(value)
}

function formOf (value) {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}

module.exports = { takeSource }
