import sandbox from './index.js'

export const { start } = sandbox
