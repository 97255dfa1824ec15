import { DESCRIPTIONS, type GrowthSample } from './dimensions.js';
import { measureGateway, type GatewayDimension } from './gateway-growth.js';
import type { GrowthOptions } from './growth.options.js';
import type { TableSize } from './prefill.js';
import { measureRows } from './rows-growth.js';

export interface Growth {
  readonly samples: readonly GrowthSample[];
  readonly tables: readonly TableSize[];
}

const USUAL = { seconds: 2, warmUpSeconds: 2, namesWarmUpSeconds: 8, messages: 24_000 } as const;
const QUICK = { seconds: 0.5, warmUpSeconds: 0.5, namesWarmUpSeconds: 0.5, messages: 2_000 } as const;
const QUICK_SIZE_MAX = 1_000;

export async function measureGrowth(
  { dimensions, rounds, quick }: GrowthOptions,
  say: (sentence: string) => void,
): Promise<Growth> {
  const settings = quick ? QUICK : USUAL;
  const sizesOf = (dimension: 'names' | 'rows'): readonly number[] =>
    DESCRIPTIONS[dimension].sizes.filter((size) => !quick || size <= QUICK_SIZE_MAX);
  const atGateway = dimensions.filter((dimension): dimension is GatewayDimension => dimension !== 'rows');
  const sizes = { batch: DESCRIPTIONS.batch.sizes, body: DESCRIPTIONS.body.sizes, names: sizesOf('names') };
  const gateway =
    atGateway.length === 0 ? [] : await measureGateway({ dimensions: atGateway, sizes, rounds, ...settings }, say);
  if (!dimensions.includes('rows')) return { samples: gateway, tables: [] };
  const { samples, tables } = await measureRows({ sizes: sizesOf('rows'), rounds, ...settings }, say);
  return { samples: [...gateway, ...samples], tables };
}
