import { readFileSync } from 'node:fs';
import { murmur2, partitionOfKey } from './partitioner.js';

interface Vector {
  readonly key: string;
  readonly murmur2: number;
  readonly partitions: Readonly<Record<string, number>>;
}

const { vectors } = JSON.parse(readFileSync(new URL('../golden/murmur2-java.json', import.meta.url), 'utf8')) as {
  vectors: Vector[];
};

describe('the partitioner', () => {
  it('hashes every key as the Java client does', () => {
    expect(vectors.length).toBeGreaterThan(50);
    expect(vectors.map(({ key }) => [key, murmur2(Buffer.from(key))])).toEqual(
      vectors.map(({ key, murmur2: expected }) => [key, expected]),
    );
  });

  it('chooses the partition that the Java client chooses', () => {
    for (const { key, partitions } of vectors) {
      const counts = Object.keys(partitions);
      expect(counts.map((count) => partitionOfKey(key, Number(count)))).toEqual(
        counts.map((count) => partitions[count]),
      );
    }
  });

  it('has vectors of both signs and of every length modulo four', () => {
    expect(new Set(vectors.map((vector) => Math.sign(vector.murmur2)))).toEqual(new Set([1, -1]));
    expect(new Set(vectors.map(({ key }) => Buffer.byteLength(key) % 4))).toEqual(new Set([0, 1, 2, 3]));
  });

  it('reads a view of a larger buffer within its bounds', () => {
    const whole = Buffer.from('xxacme/agentsyy');
    expect(murmur2(whole.subarray(2, 13))).toBe(murmur2(Buffer.from('acme/agents')));
  });
});
