export const hostile = () => {};
