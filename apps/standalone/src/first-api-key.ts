import type { DataDirectory, Settings } from '@logbook/config';
import { apiKeySha256, type ControlCommands, type ControlFollower } from '@logbook/log';

interface FirstApiKey {
  readonly settings: Settings;
  readonly directory: DataDirectory;
  readonly control: ControlFollower;
  readonly commands: ControlCommands;
}

/**
 * The key a person can start with, or `null` when they revoked it: the one from the environment, else the one kept in
 * the data directory, else a new one, kept there. A key that was revoked is not replaced behind the operator's back.
 */
export async function firstApiKey({ settings, directory, control, commands }: FirstApiKey): Promise<string | null> {
  if (settings.bootstrapApiKey !== null) {
    // While the log is away, a key that its copy of `control` does not know cannot be issued: this start fails and says so.
    await commands.issueKey({ tenant: 'default', name: 'bootstrap', key: settings.bootstrapApiKey });
    return open(control, settings.bootstrapApiKey);
  }
  const kept = directory.apiKey();
  if (kept !== undefined) return open(control, kept);
  const issued = await commands.issueKey({ tenant: 'default', name: 'first start' });
  if (issued.outcome !== 'ISSUED') throw new Error(`a new key could not be issued: ${issued.outcome}`);
  directory.keepApiKey(issued.key);
  return issued.key;
}

const open = (control: ControlFollower, key: string): string | null =>
  control.state.authenticate(apiKeySha256(key)).state === 'VALID' ? key : null;
