// The operation table of the core, read once.
'use strict'

const native = require('./native.js')

module.exports = JSON.parse(native.table())
