/** Details that many kinds' errors share (k8s.io/apimachinery/pkg/api/validation, pkg/apis/core/validation). */
export const NOT_NEGATIVE = 'must be greater than or equal to 0';
export const POSITIVE = 'must be greater than zero';
export const IMMUTABLE = 'field is immutable';
export const NOT_INTEGER = 'must be an integer';
export const MODE_RANGE = 'must be a number between 0 and 0777 (octal), both inclusive';

/** validation.InclusiveRangeError */
export const inclusiveRange = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;
