import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Ports } from './server.ts';

type Line = Record<string, unknown>;

/** The server as a process of its own, for tests. Free ports; ended with the test. */
export class ServerProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Its log so far. */
  readonly lines: Line[] = [];
  readonly exited: Promise<number | NodeJS.Signals | null>;
  readonly #waiting = new Set<() => void>();
  errorOutput = '';

  constructor(
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    main = fileURLToPath(new URL('main.ts', import.meta.url)),
  ) {
    this.child = spawn(process.execPath, [main, '--port', '0', '--metrics-port', '0', ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = once(this.child, 'close').then(([code, signal]) => signal ?? code);
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null)
      throw new Error('the output of the server is not piped');
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line));
      for (const check of this.#waiting) check();
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errorOutput += text;
    });
  }

  /** The first log line whose message matches, now or later. Rejects when the server ends without one. */
  line(message: RegExp): Promise<Line> {
    const { promise, resolve, reject } = Promise.withResolvers<Line>();
    const check = () => {
      const found = this.lines.find(({ msg }) => message.test(String(msg)));
      if (found !== undefined) resolve(found);
    };
    this.#waiting.add(check);
    check();
    this.exited.then((how) =>
      reject(new Error(`the server ended (${how}) without a line ${message}: ${this.errorOutput}`)),
    );
    return promise.finally(() => this.#waiting.delete(check));
  }

  /** Resolves when the models are loaded. */
  async ready(): Promise<Ports> {
    const { ports } = await this.line(/^listening$/);
    await this.line(/^ready$/);
    if (!isPorts(ports)) throw new Error(`the server named no ports: ${JSON.stringify(ports)}`);
    return ports;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

function isPorts(value: unknown): value is Ports {
  return typeof value === 'object' && value !== null && 'serving' in value && 'metrics' in value;
}
