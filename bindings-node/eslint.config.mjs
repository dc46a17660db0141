import js from '@eslint/js'

const globals = names => Object.fromEntries(names.map(name => [name, 'readonly']))

export default [
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2022,
      globals: globals([
        'AbortController', 'AbortSignal', 'Blob', 'Buffer', 'ReadableStream', 'URL', 'console', 'fetch', 'performance', 'process',
        'setImmediate', 'setInterval', 'setTimeout', 'clearInterval', 'clearTimeout'
      ])
    },
    rules: { eqeqeq: 'error', 'no-var': 'error', 'prefer-const': 'error', 'no-unused-vars': 'error' }
  },
  { files: ['**/*.js'], languageOptions: { sourceType: 'commonjs', globals: globals(['require', 'module', '__dirname']) } }
]
