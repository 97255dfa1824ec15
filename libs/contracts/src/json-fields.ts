import { identifierProblem, isUuid } from './identifiers.js';
import { PoisonError } from './poison.js';
import type { PartitionCounts, Topic } from './topics.js';

/** Reads typed fields of a parsed value; what is missing or of another kind is poison. */
export class JsonFields {
  private readonly data: Readonly<Record<string, unknown>>;

  constructor(data: unknown) {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      throw new PoisonError('the value is not a JSON object');
    }
    this.data = data as Record<string, unknown>;
  }

  private get(name: string): unknown {
    return Object.hasOwn(this.data, name) ? this.data[name] : undefined;
  }

  private fail(name: string, problem: string): never {
    throw new PoisonError(`${name} ${problem}`);
  }

  isNull(name: string): boolean {
    return this.get(name) === null;
  }

  optional<T>(name: string, read: () => T): T | undefined {
    return this.get(name) === undefined ? undefined : read();
  }

  text(name: string): string {
    const value = this.get(name);
    return typeof value === 'string' ? value : this.fail(name, 'must be a string');
  }

  textOrNull(name: string): string | null {
    return this.get(name) === null ? null : this.text(name);
  }

  boolean(name: string): boolean {
    const value = this.get(name);
    return typeof value === 'boolean' ? value : this.fail(name, 'must be a boolean');
  }

  count(name: string): number {
    const value = this.get(name);
    return Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : this.fail(name, 'must be a whole number, 0 or more');
  }

  identifier(name: string): string {
    const value = this.get(name);
    const problem = identifierProblem(value);
    return problem === undefined ? (value as string) : this.fail(name, problem);
  }

  uuid(name: string): string {
    const value = this.get(name);
    return isUuid(value) ? value.toLowerCase() : this.fail(name, 'must be a UUID');
  }

  hex(name: string, digits: number): string {
    const value = this.text(name);
    return value.length === digits && /^[0-9a-f]+$/.test(value)
      ? value
      : this.fail(name, `must be ${digits} hexadecimal digits`);
  }

  /** The literal text of a JSON object, kept as text: parsing and printing it again would change it. */
  jsonObjectText(name: string): string {
    const value = this.text(name);
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      this.fail(name, 'must be the text of a JSON object');
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      this.fail(name, 'must be the text of a JSON object');
    }
    return value;
  }

  partitions(name: string): PartitionCounts {
    const counts = new JsonFields(this.get(name));
    const read = (topic: Topic): number => counts.count(topic) || this.fail(name, `must be 1 or more for ${topic}`);
    return {
      control: read('control'),
      commands: read('commands'),
      events: read('events'),
      'dead-letters': read('dead-letters'),
    };
  }
}
