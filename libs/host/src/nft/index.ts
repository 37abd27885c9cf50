export * from './conntrack.ts';
export * from './nft-table.ts';
export * from './table-model.ts';
