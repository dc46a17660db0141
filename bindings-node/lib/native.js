// Finds the addon: beside this package when built here, else in the package of the platform.
'use strict'

const { platform, arch } = process
const libraries = { linux: ['-gnu', '-musl'], win32: ['-msvc'] }[platform] ?? ['']

function load () {
  const problems = []
  for (const library of libraries) {
    const name = `${platform}-${arch}${library}`
    for (const path of [`../brevo-native.${name}.node`, `brevo-native-${name}`]) {
      try {
        return require(path)
      } catch (error) {
        problems.push(error)
      }
    }
  }
  // A file that is there but does not load says more than one that is missing.
  const cause = problems.find(error => error.code !== 'MODULE_NOT_FOUND') ?? problems[0]
  throw new Error(`brevo-native cannot load its addon for ${platform} on ${arch}: ${cause.message}`, { cause })
}

module.exports = load()
