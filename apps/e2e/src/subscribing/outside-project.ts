import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inRepository } from '../harness/repository.js';
import { runProgram, type ProgramRun } from '../harness/run-program.js';

/** What the page installs beside the packages from files. */
const PACKAGES = ['@nestjs/common', '@nestjs/core', '@nestjs/microservices', 'reflect-metadata', 'rxjs'];
const MORE_PACKAGES = ['pg', 'prom-client', 'typescript', '@types/node', '@types/pg'];
const COMMAND_TIMEOUT_MS = 240_000;

interface Locked {
  readonly version: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

/** A project outside of the workspace that has installed the subscriber library from its packages. */
export class OutsideProject {
  private constructor(readonly directory: string) {}

  /** Packs as the page says, and installs the versions of this checkout's lock file, so that npm's cache has them. */
  static async create(): Promise<OutsideProject> {
    const project = new OutsideProject(await mkdtemp(join(tmpdir(), 'logbook-outside-')));
    await project.requireRun('npm', ['run', '--silent', 'subscriber:pack', '--', project.packages], inRepository('.'));
    await project.writeManifest();
    await project.requireRun('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']);
    return project;
  }

  path(file: string): string {
    return join(this.directory, file);
  }

  async write(files: ReadonlyMap<string, string>): Promise<void> {
    for (const [file, text] of files) {
      await mkdir(dirname(this.path(file)), { recursive: true });
      await writeFile(this.path(file), text);
    }
  }

  /** Runs `npx tsc` as the page does; what the compiler says, or nothing. */
  async compile(): Promise<string> {
    const { stdout } = await this.run(process.execPath, ['node_modules/typescript/bin/tsc']);
    return stdout;
  }

  run(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ProgramRun> {
    return runProgram({
      command,
      args,
      environment: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
      directory: this.directory,
      timeoutMs: COMMAND_TIMEOUT_MS,
    });
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  private get packages(): string {
    return this.path('packages');
  }

  /** What `npm install` would write, with every version as this checkout has it. */
  private async writeManifest(): Promise<void> {
    const lock = JSON.parse(await readFile(inRepository('package-lock.json'), 'utf8')) as Lock;
    const dependencies: Record<string, string> = {};
    const packages: Record<string, unknown> = {};
    for (const [path, entry] of Object.entries(lock.packages)) {
      if (path.startsWith('node_modules/') && entry.link !== true) packages[path] = entry;
    }
    for (const name of [...PACKAGES, ...MORE_PACKAGES]) {
      dependencies[name] = lock.packages[`node_modules/${name}`]?.version ?? '';
    }
    for (const file of await readdir(this.packages)) {
      const library = /^logbook-([a-z]+)-/.exec(file)?.[1] ?? '';
      const entry = lock.packages[`libs/${library}`];
      dependencies[`@logbook/${library}`] = `file:packages/${file}`;
      packages[`node_modules/@logbook/${library}`] = {
        version: entry?.version,
        resolved: `file:packages/${file}`,
        dependencies: entry?.dependencies,
        peerDependencies: entry?.peerDependencies,
      };
    }
    const manifest = { name: 'greetings', version: '1.0.0', type: 'module', dependencies };
    const whole = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } };
    await this.write(
      new Map([
        ['package.json', JSON.stringify(manifest)],
        ['package-lock.json', JSON.stringify(whole)],
      ]),
    );
  }

  private async requireRun(command: string, args: readonly string[], directory = this.directory): Promise<void> {
    const { code, stdout, stderr } = await runProgram({ command, args, directory, timeoutMs: COMMAND_TIMEOUT_MS });
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  }
}
