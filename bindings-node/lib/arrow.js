// Record batches of apache-arrow as lines of JSON. The package itself is not needed: what is used here are
// the numbers that Arrow gives its types, and `getChildAt` and `get`, which every version has.
'use strict'

const NULL = 1
const INT = 2
const FLOAT = 3
const BINARY = 4
const TEXT = 5
const BOOL = 6
const DECIMAL = 7
const DATE = 8
const TIME = 9
const TIMESTAMP = 10
const LIST = 12
const STRUCT = 13
const FIXED_BINARY = 15
const FIXED_LIST = 16
const MAP = 17
const LARGE_BINARY = 19
const LARGE_TEXT = 20

/** Parts of a second, by the number of the unit. */
const UNITS = [1n, 1_000n, 1_000_000n, 1_000_000_000n]
/** Digits that a number of JSON keeps; one with more is written as text. */
const DIGITS = 15

/**
 * A function that writes the rows of batches with this schema.
 *
 * @param {object} schema
 * @param {(name: string, why: string) => Error} refused
 * @returns {(batch: object) => string}
 */
function columnsOf (schema, refused) {
  const columns = schema.fields.map(({ name, type }) => ({
    key: `${JSON.stringify(name)}:`,
    write: writer(type, () => refused(name, `a column of the type ${type} cannot be imported; convert or drop it`))
  }))
  return batch => {
    const vectors = columns.map((_, at) => batch.getChildAt(at))
    let text = ''
    for (let row = 0; row < batch.numRows; row++) {
      let line = '{'
      for (let at = 0; at < columns.length; at++) {
        const { key, write } = columns[at]
        const value = vectors[at]?.get(row)
        line += `${at === 0 ? '' : ','}${key}${value === null || value === undefined ? 'null' : write(value)}`
      }
      text += `${line}}\n`
    }
    return text
  }
}

/** How a value of a type that is not null is written. */
function writer (type, refused) {
  // A dictionary's values come as they are.
  if (type.dictionary) return writer(type.dictionary, refused)
  switch (type.typeId) {
    case NULL: return () => 'null'
    case INT: return String
    // NaN is empty, as JSON has it.
    case FLOAT: case BOOL: return value => JSON.stringify(value)
    case TEXT: case LARGE_TEXT: return value => JSON.stringify(value)
    case BINARY: case LARGE_BINARY: case FIXED_BINARY:
      return value => `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`
    case DECIMAL: return value => decimal(value, type)
    case DATE: return value => `"${new Date(Number(value)).toISOString().slice(0, 10)}"`
    case TIME: return value => `"${clock(BigInt(value), UNITS[type.unit])}"`
    case TIMESTAMP: return value => `"${timestamp(value, type)}"`
    case LIST: case FIXED_LIST: {
      const write = writer(type.children[0].type, refused)
      return value => `[${Array.from(value, item => item === null || item === undefined ? 'null' : write(item)).join()}]`
    }
    case STRUCT: {
      const fields = type.children.map(({ name, type }) => [name, writer(type, refused)])
      return value => `{${fields.map(([name, write]) => member(name, value[name], write)).join()}}`
    }
    case MAP: {
      const write = writer(type.children[0].type.children[1].type, refused)
      return value => `{${Array.from(value, ([name, item]) => member(String(name), item, write)).join()}}`
    }
    default: throw refused()
  }
}

function member (name, value, write) {
  return `${JSON.stringify(name)}:${value === null || value === undefined ? 'null' : write(value)}`
}

/** Decimals keep all digits. They come as words of 32 bits, the lowest first. */
function decimal (words, { scale }) {
  let unscaled = 0n
  for (let at = words.length - 1; at >= 0; at--) unscaled = (unscaled << 32n) | BigInt(words[at] >>> 0)
  unscaled = BigInt.asIntN(32 * words.length, unscaled)
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled)
  let text
  if (scale > 0) {
    const all = digits.padStart(scale + 1, '0')
    const fraction = all.slice(-scale).replace(/0+$/, '')
    text = sign + all.slice(0, -scale) + (fraction && `.${fraction}`)
  } else {
    text = sign + digits + (digits === '0' ? '' : '0'.repeat(-scale))
  }
  return text.replace(/\D/g, '').length <= DIGITS ? text : `"${text}"`
}

/** A moment as ISO 8601 writes it: as it stands where it has no zone, else with the clock of its zone. */
function timestamp (value, { timezone }) {
  // Milliseconds, whatever the unit.
  const millis = Math.round(Number(value))
  const offset = timezone ? offsetOf(timezone, millis) : 0
  const text = new Date(millis + offset * 60_000).toISOString().replace(/\.?0*Z$/, '')
  if (!timezone) return text
  const size = Math.abs(offset)
  const two = number => String(number).padStart(2, '0')
  return `${text}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

const formats = new Map()

/** Minutes ahead of UTC at a moment. */
function offsetOf (zone, millis) {
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone)
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]))
  if (/^(utc|z)$/i.test(zone)) return 0
  let format = formats.get(zone)
  if (!format) {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }
    formats.set(zone, format = new Intl.DateTimeFormat('en-US', { timeZone: zone, calendar: 'gregory', hourCycle: 'h23', era: 'short', ...parts }))
  }
  const of = Object.fromEntries(format.formatToParts(millis).map(({ type, value }) => [type, value]))
  const year = of.era === 'BC' ? 1 - Number(of.year) : Number(of.year)
  const local = new Date(0)
  local.setUTCFullYear(year, Number(of.month) - 1, Number(of.day))
  local.setUTCHours(Number(of.hour), Number(of.minute), Number(of.second))
  return Math.round((local - Math.floor(millis / 1000) * 1000) / 60_000)
}

/** A time of the day, counted in parts of a second. */
function clock (value, unit) {
  const two = number => String(number).padStart(2, '0')
  const seconds = Number(value / unit)
  const fraction = String(value % unit).padStart(String(unit).length - 1, '0').replace(/0+$/, '')
  const whole = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(part => two(Math.floor(part))).join(':')
  return fraction ? `${whole}.${fraction}` : whole
}

module.exports = { columnsOf }
