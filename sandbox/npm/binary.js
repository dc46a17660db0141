// Finds the program in the package of the platform.
'use strict'

const { name, version, optionalDependencies = {} } = require('./package.json')

const { platform, arch } = process
const places = ({ linux: ['-gnu', '-musl'], win32: ['-msvc'] }[platform] ?? ['']).map(library => `${name}-${platform}-${arch}${library}`)
const program = platform === 'win32' ? 'brevo-sandbox.exe' : 'brevo-sandbox'

/** Path of the program; `BREVO_SANDBOX_PATH` goes before all others. */
function binary () {
  if (process.env.BREVO_SANDBOX_PATH) return process.env.BREVO_SANDBOX_PATH
  for (const place of places) {
    try {
      return require.resolve(`${place}/${program}`)
    } catch {
      // The next one may be there.
    }
  }
  const builds = Object.keys(optionalDependencies)
  const fit = places.find(place => builds.includes(place))
  throw new Error(fit
    ? `${name} ${version} is here without the package ${fit}, which holds the program. Install again on this system ` +
      `without --omit=optional, or add it by name: npm install --save-dev ${fit}@${version}`
    : `${name} ${version} has no build for ${platform}-${arch}; there are builds for ` +
      `${builds.map(build => build.slice(name.length + 1)).join(', ')}. Name a program by BREVO_SANDBOX_PATH.`)
}

module.exports = { binary }
