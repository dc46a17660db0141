// From JavaScript's values to the JSON text and the files that the core takes.
'use strict'

const { types } = require('node:util')
const native = require('./native.js')
const { invalidArgument, ioError, classes } = require('./errors.js')

/** Levels of objects and lists, as the core counts them: the object of all arguments is the first. */
const MAX_DEPTH = 127
/** Node 18 lacks isWellFormed, which is faster. */
const isText = String.prototype.isWellFormed ? text => text.isWellFormed() : text => !/\p{Surrogate}/u.test(text)

/**
 * @typedef {object} Packed
 * @property {string} json the values
 * @property {{parameter: string, name: string, content: Buffer}[]} [files] content of file parameters
 */

/**
 * Packs an object of values. Gives a promise only where content has yet to be read.
 *
 * @param {object | undefined} values
 * @param {string} what name of the object in errors
 * @param {{id?: string, root?: string, files?: string[], dates?: string[], attachments?: string[]}} row what is
 *   called, where the values stand in it, and its parameters that are files, days and lists of attachments
 * @param {AbortSignal} [signal] ends the reading of content
 * @returns {Packed | Promise<Packed>}
 */
function pack (values, what, row, signal) {
  if (values === undefined || values === null) return { json: '{}', files: undefined }
  if (typeof values === 'object' && !Array.isArray(values) && isPlain(values, MAX_DEPTH) && !namesFiles(values, row)) {
    const json = JSON.stringify(values)
    // A lone surrogate stands there as an escape.
    if (!json.includes('\\ud')) return { json, files: undefined }
  }
  if (typeof values !== 'object' || Array.isArray(values) || bytesOf(values)) {
    throw invalidArgument(row, undefined, `${what} must be an object, got ${formOf(values)}`)
  }
  if (types.isMap(values)) values = Object.fromEntries(values)
  const packer = new Packer(what, row, signal)
  const prepared = typeof values.toJSON === 'function' ? values.toJSON() : { ...values }
  for (const name of row.files ?? []) {
    if (prepared[name] !== undefined) prepared[name] = packer.file(name, prepared[name])
  }
  for (const name of row.dates ?? []) {
    if (types.isDate(prepared[name])) prepared[name] = packer.moment(prepared[name], name).slice(0, 10)
  }
  for (const name of row.attachments ?? []) {
    if (!Array.isArray(prepared[name])) continue
    prepared[name] = prepared[name].map((entry, i) => packer.attachment(`${name}[${i}]`, entry))
  }
  const json = JSON.stringify(packer.plain(prepared, what === 'the options' ? 'options' : row.root ?? ''))
  if (packer.waits.length === 0) return packer.finish(json)
  return Promise.all(packer.waits).then(() => packer.finish(json))
}

/** Whether JSON.stringify treats a value of so many levels right, and takes no text but what stands there. */
function isPlain (value, levels) {
  switch (typeof value) {
    case 'string': case 'boolean': case 'undefined': return true
    case 'number': return Number.isFinite(value)
    case 'object': break
    default: return false
  }
  if (value === null) return true
  if (levels === 0 || value.toJSON !== undefined || value[Symbol.asyncIterator] !== undefined) return false
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isPlain(value[i], levels - 1)) return false
    return true
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  for (const key in value) if (!isPlain(value[key], levels - 1)) return false
  return true
}

/** Whether there are values that stand for files. */
function namesFiles (values, { files, attachments }) {
  const isGiven = name => values[name] !== undefined
  return (files !== undefined && files.some(isGiven)) || (attachments !== undefined && attachments.some(isGiven))
}

class Packer {
  /** Content that is being read. */
  waits = []
  files = []
  /** Finished JSON that stands where `hole` left a mark. */
  #filled = []
  #mark
  /** Objects around the value that is being looked at. */
  #around = []
  #what
  #row
  #signal

  constructor (what, row, signal) {
    this.#what = what
    this.#row = row
    this.#signal = signal
  }

  /** The value itself where JSON.stringify treats it right, else one for which it does. */
  plain (value, path) {
    switch (typeof value) {
      case 'string': return this.#text(value, path)
      case 'boolean': case 'undefined': return value
      case 'number':
        if (Number.isFinite(value)) return value
        throw invalidArgument(this.#row, path, `expected a finite number, got ${value}`)
      case 'bigint':
        if (BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value) return this.#hole(String(value))
        throw invalidArgument(this.#row, path, 'expected a whole number of 64 bits, got a larger one')
      case 'object': return value === null ? null : this.#object(value, path)
      default: throw invalidArgument(this.#row, path, `a ${typeof value} cannot be sent`)
    }
  }

  #text (value, path) {
    if (isText(value)) return value
    throw invalidArgument(this.#row, path, 'the text holds a lone surrogate, which UTF-8 cannot carry')
  }

  #object (value, path) {
    if (types.isDate(value)) return this.moment(value, path)
    if (types.isBoxedPrimitive(value)) return this.plain(value.valueOf(), path)
    if (bytesOf(value) || reader(value)) this.#allowContent(value, path)
    const content = this.#content(value, path)
    if (content instanceof Uint8Array) return base64(content)
    if (content) {
      const hole = this.#hole('""')
      const at = this.#filled.length - 1
      this.waits.push(content.then(bytes => { this.#filled[at] = `"${base64(bytes)}"` }))
      return hole
    }
    if (this.#around.includes(value)) throw invalidArgument(this.#row, path, 'this value holds itself')
    if (this.#around.length === MAX_DEPTH) {
      throw invalidArgument(this.#row, undefined, `${this.#what} are nested more than ${MAX_DEPTH} levels deep`)
    }
    this.#around.push(value)
    const plain = this.#members(value, path)
    this.#around.pop()
    return plain
  }

  #members (value, path) {
    if (typeof value.toJSON === 'function') return this.plain(value.toJSON(path), path)
    if (types.isMap(value)) return this.#members(Object.fromEntries(value), path)
    if (types.isSet(value)) return this.#members([...value], path)
    // Copied only where something changes.
    let copy
    for (const key of Object.keys(value)) {
      const before = value[key]
      const name = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
      this.#text(key, path || key)
      const after = this.plain(before, name)
      if (after === before) continue
      copy ??= Array.isArray(value) ? [...value] : { ...value }
      Object.defineProperty(copy, key, { value: after, enumerable: true, writable: true, configurable: true })
    }
    return copy ?? value
  }

  /** A file parameter: content goes to `files`, everything else is the core's to judge. */
  file (parameter, value) {
    if (typeof value === 'string') return { path: value }
    if (value instanceof URL) return { path: this.#localPath(value, parameter) }
    const inside = typeof value === 'object' && value !== null ? value.content : undefined
    const source = inside !== undefined && typeof inside !== 'string' ? inside : value
    const content = this.#content(source, parameter)
    if (!content) return value
    // Bare content goes by a name of its form; where an object stands around it, its name has been forgotten.
    const file = { parameter, name: nameOf(value) ?? nameOf(source) ?? (source === value ? 'file' : ''), content }
    this.files.push(file)
    if (!(content instanceof Uint8Array)) this.waits.push(content.then(bytes => { file.content = bytes }))
    return undefined
  }

  /** An entry of a list of attachments: what stands for a file becomes its name and content. */
  attachment (path, value) {
    if (typeof value === 'string') return this.#attached(path, value)
    if (value instanceof URL) {
      return value.protocol === 'file:' ? this.#attached(path, this.#localPath(value, path)) : { url: value.href }
    }
    if (typeof value !== 'object' || value === null) return value
    if (bytesOf(value) || reader(value)) return { name: nameOf(value), content: value }
    if (typeof value.path === 'string') return this.#attached(path, value.path, value.name)
    const { content } = value
    if (typeof content !== 'object' || content === null) return value
    const local = content instanceof URL ? this.#attached(path, this.#localPath(content, `${path}.content`)) : { name: nameOf(content) }
    return { ...local, ...value, name: value.name ?? local.name, content: local.content ?? content }
  }

  #attached (parameter, path, name) {
    const arrayBuffer = () => require('node:fs/promises').readFile(path, { signal: this.#signal })
      .catch(error => { throw ioError(this.#row, parameter, error) })
    return { name: name ?? fileName(path), content: { arrayBuffer } }
  }

  #localPath (url, parameter) {
    try {
      return require('node:url').fileURLToPath(url)
    } catch (error) {
      throw invalidArgument(this.#row, parameter, error.message, error)
    }
  }

  /** Where text is wanted, content is a mistake, and base64 of it a surprise. */
  #allowContent (value, path) {
    const { settings, method, index } = this.#row
    if (!settings && index === undefined) return
    const wanted = native.insteadOfBytes(settings ? 'settings' : method ? 'operation' : 'job', index, path)
    if (wanted) throw invalidArgument(this.#row, path, `expected ${wanted}, got ${formOf(value)}`)
  }

  /** The bytes of a value that stands for content, or a promise of them. */
  #content (value, path) {
    const bytes = bytesOf(value)
    if (bytes) return bytes
    const read = reader(value, this.#signal)
    if (!read) return undefined
    const reading = read().catch(error => {
      throw error instanceof classes.BrevoError ? error : invalidArgument(this.#row, path, `its content cannot be read: ${error?.message ?? error}`, error)
    })
    reading.catch(() => {}) // another one may fail first
    return reading
  }

  moment (date, path) {
    if (Number.isNaN(date.getTime())) throw invalidArgument(this.#row, path, 'expected a date, got an invalid one')
    return date.toISOString()
  }

  #hole (json) {
    this.#mark ??= require('node:crypto').randomUUID()
    return `${this.#mark}${this.#filled.push(json) - 1}`
  }

  finish (json) {
    if (this.#mark) json = json.replace(new RegExp(`"${this.#mark}(\\d+)"`, 'g'), (_, at) => this.#filled[at])
    return { json, files: this.files }
  }
}

/** @returns {Buffer | undefined} */
function bytesOf (value) {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (types.isAnyArrayBuffer(value)) return Buffer.from(value)
}

/** How a Blob, a stream or another asynchronous source of bytes is read. */
function reader (value, signal) {
  if (typeof value !== 'object' || value === null) return undefined
  if (typeof value.arrayBuffer === 'function') return async () => Buffer.from(await value.arrayBuffer())
  if (typeof value[Symbol.asyncIterator] === 'function') return () => readAll(value, signal)
}

async function readAll (source, signal) {
  // A stream of Node is left at once; any other source when it gives the next chunk.
  const abort = () => source.destroy?.(signal.reason)
  signal?.addEventListener('abort', abort, { once: true })
  const chunks = []
  try {
    for await (const chunk of source) {
      if (signal?.aborted) break
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : bytesOf(chunk)
      if (!bytes) throw new TypeError(`a chunk is a ${typeof chunk}, neither bytes nor text`)
      chunks.push(bytes)
    }
  } finally {
    signal?.removeEventListener('abort', abort)
  }
  return Buffer.concat(chunks)
}

function base64 (bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** The file name that a value knows: of a `File`, a stream that reads a file, an object with `name`. */
function nameOf ({ name, path }) {
  return [name, fileName(path)].find(name => typeof name === 'string' && name !== '')
}

function fileName (path) {
  return typeof path === 'string' || Buffer.isBuffer(path) ? require('node:path').basename(String(path)) : undefined
}

function formOf (value) {
  if (bytesOf(value)) return 'bytes'
  if (reader(value)) return 'content of a file'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}

module.exports = { pack }
