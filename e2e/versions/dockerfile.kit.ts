import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { begin, waitForPage } from '../stores/servers/processes.js';
import { freePort } from '../stores/servers/redis-server.js';

const run = promisify(execFile);

/** A stage of a Dockerfile: a file system, and what is said about the process in it. */
interface Stage {
  readonly root: string;
  workdir: string;
  readonly environment: Record<string, string>;
  user: string;
  command: readonly string[];
}

/** What a container has of this machine. No NODE_ENV: with it, npm would leave out what only builds need. */
const MACHINE = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
} as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv;

/**
 * An image as a Dockerfile makes it, without Docker: each stage is a folder, where the steps run by this machine's Node and npm.
 * Knows the instructions that our Dockerfiles have, and no others.
 */
export class Image {
  readonly stage: Stage;
  readonly #folder: string;

  private constructor(stage: Stage, folder: string) {
    this.stage = stage;
    this.#folder = folder;
  }

  /**
   * @param context the folder of the files to build from.
   * @param ignore a `.dockerignore`, which leaves some of them out.
   */
  static async build(dockerfile: string, context: string, ignore: string): Promise<Image> {
    const folder = mkdtempSync(join(tmpdir(), 'image-'));
    const sent = stageIn(join(folder, 'context'));
    const isSent = filterOf(ignore);
    cpSync(context, sent.root, {
      recursive: true,
      filter: (source) => statSync(source).isDirectory() || isSent(relative(context, source)),
    });
    const stages = new Map([['context', sent]]);
    let stage = sent;
    const runSteps = async () => {
      for (const line of dockerfile.split('\n')) {
        const [, instruction = '', text = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
        if (instruction === 'FROM') {
          const [, name = 'final'] = /^node:\d+-alpine AS (\w+)$/.exec(text) ?? [];
          stage = stageIn(join(folder, name));
          stages.set(name, stage);
        } else if (line && !line.startsWith('#')) await runStep(stage, instruction, text, stages);
      }
    };
    await begin(runSteps, async () => rmSync(folder, { recursive: true }));
    return new Image(stage, folder);
  }

  /** Returns the files of the image that hold this text. */
  filesWith(text: string): string[] {
    const files = readdirSync(this.stage.root, { recursive: true, withFileTypes: true });
    return files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .filter((file) => readFileSync(file).includes(text));
  }

  /** Starts a container. It has the variables of the image, and these. */
  async start(settings: Record<string, string>): Promise<Container> {
    const port = String(await freePort());
    const { environment, workdir, command, root } = this.stage;
    const [program = '', ...args] = command;
    const env = { ...MACHINE, ...environment, ...settings, PORT: port };
    const child = spawn(program, args, { cwd: join(root, workdir), env });
    return new Container(child, `http://localhost:${port}`);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

export class Container {
  readonly url: string;
  readonly #process: ChildProcess;
  /** Resolves with the code or the signal that the process ends with. */
  readonly ended: Promise<number | string | null>;
  log = '';

  constructor(child: ChildProcess, url: string) {
    this.url = url;
    this.#process = child;
    this.ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text) => {
        this.log += text;
      });
    }
  }

  /** Waits until the server answers. */
  answers(path: string): Promise<void> {
    return waitForPage(this.url + path, () => `The container did not answer:\n${this.log}`);
  }

  /** Asks it to stop, as `docker stop` does. Returns what it ended with. */
  stop(): Promise<number | string | null> {
    this.#process.kill('SIGTERM');
    return this.ended;
  }
}

function stageIn(root: string): Stage {
  mkdirSync(root, { recursive: true });
  return { root, workdir: '/', environment: {}, user: 'root', command: [] };
}

async function runStep(
  stage: Stage,
  instruction: string,
  text: string,
  stages: ReadonlyMap<string, Stage>,
): Promise<void> {
  const cwd = join(stage.root, stage.workdir);
  switch (instruction) {
    case 'WORKDIR':
      stage.workdir = text;
      mkdirSync(join(stage.root, text), { recursive: true });
      break;
    case 'ENV':
      for (const pair of text.split(' ')) {
        const [name = '', value = ''] = pair.split('=');
        stage.environment[name] = value;
      }
      break;
    case 'COPY':
      copy(stage, text, stages);
      break;
    case 'RUN': {
      const env = { ...MACHINE, ...stage.environment, npm_config_prefer_offline: 'true' };
      await run('sh', ['-c', text], { cwd, env, maxBuffer: 1e8 }).catch((error) => {
        throw new Error(`RUN ${text} failed:\n${error.stdout}\n${error.stderr}`);
      });
      break;
    }
    case 'USER':
      stage.user = text;
      break;
    case 'CMD':
      stage.command = JSON.parse(text);
      break;
    case 'EXPOSE':
      break;
    default:
      throw new Error(`A step that is not known here: ${instruction} ${text}`);
  }
}

function copy(stage: Stage, text: string, stages: ReadonlyMap<string, Stage>): void {
  const words = text.split(' ');
  const flags = words.filter((word) => word.startsWith('--'));
  const paths = words.slice(flags.length);
  const from = flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length) ?? 'context';
  const target = paths.pop() ?? '';
  for (const source of paths) {
    const found = join(stages.get(from)?.root ?? '', source);
    const isFolder = statSync(found).isDirectory();
    // Docker copies the content of a folder, and puts a file into a target that ends with a slash.
    const name = !isFolder && target.endsWith('/') ? basename(source) : '';
    cpSync(found, join(stage.root, stage.workdir, target, name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

/** Returns whether the patterns of a `.dockerignore` let a file through. The last one that matches it, or a folder of it, counts. */
function filterOf(ignore: string): (file: string) => boolean {
  const patterns = ignore
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => ({ lets: line.startsWith('!'), path: expressionOf(line.replace(/^!/, '')) }));
  return (file) => patterns.findLast(({ path }) => path.test(file))?.lets ?? true;
}

/** A pattern that begins with `**` and a slash matches in every folder, and in none. */
function expressionOf(pattern: string): RegExp {
  const parts = pattern
    .replace(/^\*\*\//, '')
    .split('*')
    .map((part) => part.replaceAll('.', '\\.'));
  const start = pattern.startsWith('**/') ? '^(.*/)?' : '^';
  return new RegExp(`${start}${parts.join('[^/]*')}(/|$)`);
}
