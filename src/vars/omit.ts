/** The value of the variable `omit`: a key or item that is rendered to it is left out, as if it were not written. */
export const omit: unique symbol = Symbol('omit');
