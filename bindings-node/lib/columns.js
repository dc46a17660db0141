// Rows as columns of Arrow.
'use strict'

/**
 * An Arrow IPC stream in pieces, for whoever reads that. Nothing happens before it is iterated over, and each
 * iteration reads anew.
 */
class Table {
  /** The exception that ended the last reading before its end, where there is one. */
  error = undefined
  #open
  /** What is read, or was read last. */
  #pieces

  /** @param {() => Promise<{next: () => Promise<Buffer | undefined>, stop: () => void, unfit: () => object}>} open */
  constructor (open) {
    this.#open = open
  }

  /** How many values of each column did not fit its type in the last reading. They are null in the rows. */
  get unfit () {
    return this.#pieces?.unfit() ?? {}
  }

  async * [Symbol.asyncIterator] () {
    const pieces = await this.#told(this.#open())
    this.#pieces = pieces
    this.error = undefined
    try {
      for (let piece; (piece = await this.#told(pieces.next()));) yield piece
    } finally {
      pieces.stop()
    }
  }

  async #told (work) {
    try {
      return await work
    } catch (error) {
      this.error = error
      throw error
    }
  }
}

module.exports = { Table }
