// Loaded before an example that uses an official Node SDK as it stands: what it sends to Brevo goes to the sandbox.
import { createRequire } from 'node:module'

const here = (url) => String(url).replace('https://api.brevo.com/v3', process.env.BREVO_API_URL)

// @getbrevo/brevo 4 and later
const { fetch } = globalThis
globalThis.fetch = (url, ...rest) => fetch(here(url), ...rest)

// @getbrevo/brevo 3
const require = createRequire(new URL('../peers/names/package.json', import.meta.url))
require('axios').interceptors.request.use((request) => ({ ...request, url: here(request.url) }))
