// Finds the addon: beside this package when built here, else in the package of the platform.
'use strict'

const { name, version, optionalDependencies = {} } = require('../package.json')

const { platform, arch } = process
// Where npm does not look at the C library, the packages of both are there, and one of them loads.
const libraries = { linux: ['-gnu', '-musl'], win32: ['-msvc'] }[platform] ?? ['']

function load () {
  const problems = []
  for (const library of libraries) {
    const place = `${platform}-${arch}${library}`
    for (const path of [`../${name}.${place}.node`, `${name}-${place}`]) {
      try {
        return require(path)
      } catch (error) {
        problems.push(error)
      }
    }
  }
  // A file that is there but does not load says more than one that is missing.
  const broken = problems.find(error => error.code !== 'MODULE_NOT_FOUND')
  const cause = broken ?? problems[0]
  throw new Error(`${name} ${version} ${broken ? unloadable(broken) : missing()}`, { cause })
}

function missing () {
  const [library] = platform === 'linux' && !isGlibc() ? ['-musl'] : libraries
  const place = `${platform}-${arch}${library}`
  const builds = Object.keys(optionalDependencies)
  if (!builds.includes(`${name}-${place}`)) {
    const known = builds.map(build => build.slice(name.length + 1)).join(', ')
    return known
      ? `has no build for ${place}; there are builds for ${known}. Elsewhere, build it from its sources.`
      : `has not been built here for ${place}: run \`npm run build\` in its folder.`
  }
  return `is here without the package ${name}-${place}, which holds its addon for this system. It is left out by ` +
    '--omit=optional and --no-optional, and where node_modules was copied from another system or the lock file was ' +
    `made on one. Install again on this system, or add it by name: npm install ${name}-${place}@${version}`
}

function unloadable (error) {
  const old = /GLIBC_[\d.]+' not found/.test(error.message) ? ' The C library of this system is too old; glibc 2.17 is needed.' : ''
  return `cannot load its addon on ${platform}-${arch}: ${error.message}.${old} Remove node_modules and install again on this system.`
}

/** Only asked when something went wrong: the report takes its time. */
function isGlibc () {
  return Boolean(process.report?.getReport().header.glibcVersionRuntime)
}

const native = load()
if (native.version() !== version) {
  throw new Error(`${name} ${version} found the addon of version ${native.version()}: remove node_modules and install again`)
}

module.exports = native
