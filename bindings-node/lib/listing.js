// Listings: the entries of all pages, one after the other.
'use strict'

const AsyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function * () {}.prototype))

/**
 * The entries of all pages, in the manner of an async generator: nothing happens before the first `next`, and
 * what is asked for at the same time is answered in its order. Entries that are there cost one promise each.
 */
class Listing {
  /** Opens the pages; none when they are open, or no longer wanted. */
  #open
  #pages
  /** Entries that are there, and how many of them have been given. */
  #entries = []
  #given = 0
  /** The rest of the page that they are of. */
  #rest
  /** Questions without an answer, and the answer to the last one. */
  #asked = 0
  #last

  /** @param {() => Promise<Pages>} open */
  constructor (open) {
    this.#open = open
  }

  next () {
    if (this.#asked === 0 && this.#isThere()) {
      return Promise.resolve({ value: this.#entries[this.#given++], done: false })
    }
    return this.#inTurn(() => this.#next())
  }

  return (value) {
    return this.#inTurn(async () => {
      this.#end()
      return { value: await value, done: true }
    })
  }

  throw (error) {
    return this.#inTurn(async () => {
      this.#end()
      throw error
    })
  }

  async #next () {
    try {
      const open = this.#open
      this.#open = undefined
      if (open) this.#pages = await open()
      while (this.#pages) {
        if (this.#isThere()) return { value: this.#entries[this.#given++], done: false }
        this.#rest = await this.#pages.next()
        if (!this.#rest) this.#end()
      }
    } catch (error) {
      this.#end()
      throw error
    }
    return { value: undefined, done: true }
  }

  /** Whether there is an entry to give. */
  #isThere () {
    while (this.#given === this.#entries.length) {
      const entries = this.#rest?.next()
      if (!entries) return false
      this.#entries = entries
      this.#given = 0
    }
    return true
  }

  #end () {
    this.#pages?.stop()
    this.#open = this.#pages = this.#rest = undefined
    this.#entries = []
    this.#given = 0
  }

  /** Nothing else waits for the answer: V8 tells the stack of the caller only where it is the only one. */
  #inTurn (step) {
    const before = this.#asked++ === 0 ? undefined : this.#last
    this.#last = this.#answer(before, step)
    return this.#last
  }

  async #answer (before, step) {
    try {
      await before?.catch(() => {})
      return await step()
    } finally {
      if (--this.#asked === 0) this.#last = undefined
    }
  }
}
Object.setPrototypeOf(Listing.prototype, AsyncIteratorPrototype)

/** A page that has been read as a whole. */
class Whole {
  /** Number of the entries of all pages, where it is told. */
  total
  #entries

  constructor (body, { itemsKey, totalKey }) {
    const found = Array.isArray(body) ? body : body?.[itemsKey]
    const total = body?.[totalKey]
    this.#entries = Array.isArray(found) ? found : []
    this.count = this.#entries.length
    this.total = typeof total === 'number' ? total : undefined
  }

  next () {
    const entries = this.#entries
    this.#entries = undefined
    return entries
  }
}

/** A page as `src/page.rs` lays it out. It is read piece by piece. */
class Laid {
  #forms
  #pieces
  #read = 0

  constructor ([count, total, forms, ...pieces]) {
    this.count = count
    this.total = total ?? undefined
    this.#forms = JSON.parse(forms).map(formOf)
    this.#pieces = pieces
  }

  next () {
    if (this.#read === this.#pieces.length) return undefined
    const piece = this.#pieces[this.#read]
    this.#pieces[this.#read++] = undefined
    return new Values(JSON.parse(piece), this.#forms).entries()
  }
}

/** The values of a piece, one object after the other: its form, and then its values. */
class Values {
  constructor (values, forms) {
    this.values = values
    this.forms = forms
    this.at = 0
  }

  entries () {
    const entries = []
    while (this.at < this.values.length) {
      const form = this.values[this.at++]
      entries.push(form === -1 ? this.values[this.at++] : this.forms[form].object(this))
    }
    return entries
  }
}

/** What objects of the same keys are made by. */
class Form {
  #keys
  /** Which values are objects with a form of their own; none where no value is. */
  #inner
  /** A key is one of every object, such as `constructor`: setting it need not make a member. */
  #isOdd
  #made = 0
  #maker

  constructor (keys) {
    this.#keys = keys.flat()
    this.#inner = keys.some(Array.isArray) ? keys.map(Array.isArray) : undefined
    this.#isOdd = this.#keys.some(key => key in Object.prototype)
  }

  /** @param {Values} from */
  object (from) {
    if (this.#maker) return this.#maker(from)
    if (this.#made++ === OFTEN) this.#maker = this.#compiled()
    const object = {}
    for (let i = 0; i < this.#keys.length; i++) {
      const read = from.values[from.at++]
      const value = this.#inner?.[i] ? from.forms[read].object(from) : read
      if (this.#isOdd) Object.defineProperty(object, this.#keys[i], { value, enumerable: true, writable: true, configurable: true })
      else object[this.#keys[i]] = value
    }
    return object
  }

  /** An object literal: V8 makes objects twice as fast by it. None where a program allows no such code. */
  #compiled () {
    const values = this.#keys.map((key, i) => {
      const value = 'values[from.at++]'
      return `${JSON.stringify(key)}: ${this.#inner?.[i] ? `from.forms[${value}].object(from)` : value}`
    })
    try {
      return new Function('from', `'use strict'; const { values } = from; return { ${values.join(', ')} }`)
    } catch {
      return undefined
    }
  }
}

/** Objects of a form after which it is compiled. */
const OFTEN = 200
/** Forms of all listings, by their keys, so that alike objects of all pages are alike to V8 too. */
const known = new Map()
const MOST_KNOWN = 200

function formOf (keys) {
  const name = JSON.stringify(keys)
  let form = known.get(name)
  if (!form) {
    form = new Form(keys)
    if (known.size < MOST_KNOWN) known.set(name, form)
  }
  return form
}

module.exports = { Listing, Whole, Laid }
