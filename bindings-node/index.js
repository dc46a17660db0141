'use strict'

const { Brevo } = require('./lib/client.js')
const { classes } = require('./lib/errors.js')
const { version } = require('./lib/table.js')

module.exports = { Brevo, version, ...classes }
