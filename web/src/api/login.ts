/** How hosts sign in: at an identity provider or, in a demo, by any name. The server writes it into the page. */
export type Login = 'provider' | 'demo'

export const login: Login = document.documentElement.dataset.login === 'provider' ? 'provider' : 'demo'
