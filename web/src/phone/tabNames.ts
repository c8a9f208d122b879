/** The tabs of the phone page, in their order. */
export const tabs = ['queue', 'search', 'mine', 'history'] as const
/** Those of a shared tablet, which belongs to nobody. */
export const tabletTabs = ['queue', 'search', 'history'] as const
export type Tab = (typeof tabs)[number]
