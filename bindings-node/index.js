'use strict'

const { Brevo } = require('./lib/client.js')
const { classes } = require('./lib/errors.js')
const { version } = require('./package.json')

module.exports = { Brevo, version, ...classes }
