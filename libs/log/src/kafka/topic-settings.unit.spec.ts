import { LogMismatchError } from '@logbook/core';
import { requireSettings, wantedSettings, type FoundTopic, type WantedTopic } from './topic-settings.js';

const WANTED: WantedTopic = { name: 'p.events', partitions: 12, messageBytesMax: 1_000_000 };
const found = (changes: Record<string, string> = {}, replicationFactor = 3): FoundTopic => ({
  name: 'p.events',
  partitions: 12,
  replicationFactor,
  settings: new Map([
    ...wantedSettings(WANTED, replicationFactor).map(({ name, value }) => [name, value] as const),
    ...Object.entries(changes),
  ]),
});

describe('requireSettings', () => {
  it('accepts a topic that is as wanted', () => {
    expect(() => requireSettings(found(), WANTED)).not.toThrow();
  });

  it.each([
    ['retention.ms', '604800000'],
    ['retention.bytes', '1073741824'],
    ['cleanup.policy', 'compact'],
    ['compression.type', 'zstd'],
    ['unclean.leader.election.enable', 'true'],
    ['max.message.bytes', '1048588'],
    ['min.insync.replicas', '1'],
  ])('refuses %s=%s and names topic, setting, both values and the command', (name, value) => {
    const refused = () => requireSettings(found({ [name]: value }), WANTED);
    expect(refused).toThrow(LogMismatchError);
    expect(refused).toThrow(/p\.events.*kafka-configs\.sh/s);
    expect(refused).toThrow(`${name} is ${value}, wanted`);
  });

  it('wants the feed of changes compacted, and refuses one that keeps or drops by age', () => {
    const changes = { ...WANTED, compacted: true };
    expect(() => requireSettings(found({ 'cleanup.policy': 'compact' }), changes)).not.toThrow();
    expect(() => requireSettings(found(), changes)).toThrow(/cleanup\.policy is delete, wanted compact/);
    expect(() => requireSettings(found({ 'cleanup.policy': 'compact,delete' }), changes)).toThrow(/wanted compact/);
  });

  it('accepts limits that an operator raised', () => {
    expect(() =>
      requireSettings(found({ 'max.message.bytes': '20000000', 'min.insync.replicas': '3' }), WANTED),
    ).not.toThrow();
  });

  it('wants one replica in sync where there are fewer than three', () => {
    expect(() => requireSettings(found({ 'min.insync.replicas': '1' }, 1), WANTED)).not.toThrow();
  });

  it('refuses another partition count and says that it cannot change in place', () => {
    expect(() => requireSettings({ ...found(), partitions: 6 }, WANTED)).toThrow(/6 partitions, not 12.*log copy/s);
  });
});
