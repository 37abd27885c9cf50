/** A field path, written as k8s.io/apimachinery's field.Path prints it. Immutable; `child`, `index` and `key` return longer paths. */
export class Path {
  readonly text: string;

  constructor(text = '') {
    this.text = text;
  }

  /** `spec` → `spec.containers`. Several names append in order. */
  child(...names: string[]): Path {
    let text = this.text;
    for (const name of names) text = text ? `${text}.${name}` : name;
    return new Path(text);
  }

  /** `containers` → `containers[0]` */
  index(index: number): Path {
    return new Path(`${this.text}[${index}]`);
  }

  /** `data` → `data[some key]` */
  key(key: string): Path {
    return new Path(`${this.text}[${key}]`);
  }

  toString(): string {
    return this.text || '<nil>';
  }
}

/** Root of a path: `path('spec', 'template')` is `spec.template`. */
export const path = (...names: string[]): Path => new Path().child(...names);

/** Where a field error may point: a {@link Path} or its text. */
export type PathLike = Path | string;
