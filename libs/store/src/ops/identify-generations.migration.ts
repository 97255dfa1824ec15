import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tells a generation from one of the same name in another database that is fed by the same log. */
export class IdentifyGenerations1764000000001 implements MigrationInterface {
  readonly name = 'IdentifyGenerations1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE ops.generations ADD COLUMN id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE ops.generations DROP COLUMN id');
  }
}
