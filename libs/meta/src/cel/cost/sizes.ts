/** Least and most of something: characters, items, members. */
export interface Range {
  min: number;
  max: number;
}

export const UNKNOWN: Range = { min: 0, max: Number.POSITIVE_INFINITY };
/** cel-go's StringTraversalCostFactor. */
export const TEXT_FACTOR = 0.1;
/** cel-go's RegexStringLengthCostFactor. */
export const REGEX_FACTOR = 0.25;

export const exactly = (size: number): Range => ({ min: size, max: size });
export const plus = (a: Range, b: Range): Range => ({ min: a.min + b.min, max: a.max + b.max });
export const union = (a: Range, b: Range): Range => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });

/** Nothing times without end is nothing. */
export const product = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);
export const times = (a: Range, b: Range): Range => ({ min: product(a.min, b.min), max: product(a.max, b.max) });

/** Cost of looking at so many units, rounded up. */
export const scaled = (size: number, factor: number): number => Math.ceil(size * factor);
