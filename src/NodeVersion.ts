/** The first import of the package: on a Node that is too old it says so before something else fails for a stranger reason. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major < 22 || (major === 22 && minor < 19))
  throw new Error(`palabre needs Node 22.19 or later, and this is ${process.version}`)
