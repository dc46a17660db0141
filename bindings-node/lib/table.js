// The operation table of the core: resources at once, their operations and jobs on first use.
'use strict'

const native = require('./native.js')

const table = JSON.parse(native.table())

table.resources.forEach((resource, index) => {
  let rows
  const read = () => (rows ??= JSON.parse(native.resource(index)))
  Object.defineProperty(resource, 'operations', { get: () => read().operations })
  Object.defineProperty(resource, 'jobs', { get: () => read().jobs })
})

module.exports = table
