/** How a sandbox is started. */
export interface SandboxSettings {
  /** Port to listen on; a free one by default. */
  port?: number
  /** File that keeps its state; in memory by default. */
  data?: string
  /** Further options of `brevo-sandbox serve`, such as `['--enforce-limits']`. */
  options?: string[]
}

/** A sandbox that runs. It ends with this process, and does not keep it alive. */
export interface Sandbox {
  /** Its dashboard, and where everything else begins. */
  readonly url: string
  /** The API: the setting `baseUrl` of a client. */
  readonly baseUrl: string
  /** Makes an API key. */
  makeKey(name?: string): Promise<string>
  /** Posts JSON to an address of the sandbox's own, such as `/_sandbox/clock` with `{ advance: 3600 }`. */
  post(path: string, body: unknown): Promise<any>
  /** Ends it. */
  stop(): Promise<void>
}

/** Starts a sandbox, and waits until it answers. */
export function start(settings?: SandboxSettings): Promise<Sandbox>
