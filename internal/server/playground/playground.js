// Starts GraphiQL with the tabs of story.js.
//
//   /playground?code=ABCDE            for the guests of a room
//   /playground?code=ABCDE#token=…    the same with a session: the token stands in the headers of every tab. What
//                                     follows # never leaves the browser.
//   /playground?room=…                with the id of a room that was joined before
'use strict';

(() => {
  const address = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const code = (address.get('code') || '').toUpperCase();
  const token = fragment.get('token');
  const story = code ? [...guestStory, ...hostStory] : [...hostStory, ...guestStory];

  // Every room has its own tabs, so that a new invitation does not open the old party.
  const storage = GraphiQL.createLocalStorage({ namespace: `antwon:${code || '-'}` });
  if (token) {
    storage.clear();
    history.replaceState(null, '', location.pathname + location.search);
  }

  // What the words in capitals stand for.
  const known = JSON.parse(storage.getItem('known') || '{}');
  learn({ ROOM_CODE: code, ROOM_ID: address.get('room') });

  function learn(facts) {
    for (const [name, value] of Object.entries(facts)) {
      if (value) known[name] = value;
    }
    storage.setItem('known', JSON.stringify(known));
  }

  function learnFrom(data) {
    for (const { gives = {} } of story) {
      for (const [name, find] of Object.entries(gives)) learn({ [name]: find(data) });
    }
  }

  // fillIn returns a copy of value with the words in capitals replaced, as far as they are known.
  function fillIn(value) {
    const replace = (text) => text.replace(/\b[A-Z]+_[A-Z]+\b/g, (word) => known[word] ?? word);
    return JSON.parse(JSON.stringify(value ?? {}), (_, v) => (typeof v === 'string' ? replace(v) : v));
  }

  // headersOf returns the headers to send: without credentials where none are known yet, and where the schema is read.
  function headersOf(params, options) {
    const headers = fillIn(options?.headers);
    for (const [name, value] of Object.entries(headers)) {
      const missing = params.operationName === 'IntrospectionQuery' || /\b(HOST|GUEST)_TOKEN\b/.test(value);
      if (name.toLowerCase() === 'authorization' && missing) delete headers[name];
    }
    return headers;
  }

  function fetcher(params, options) {
    const request = { ...params, variables: fillIn(params.variables) };
    const headers = headersOf(params, options);
    return isSubscription(params, options) ? subscribe(request, headers) : post(request, headers);
  }

  function isSubscription({ operationName }, options) {
    return options?.documentAST?.definitions.some((definition) =>
      definition.operation === 'subscription' && (!operationName || definition.name?.value === operationName));
  }

  async function post(request, headers) {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Antwon': '1', ...headers },
      body: JSON.stringify(request),
    });
    const result = await response.json();
    if (result.data) learnFrom(result.data);
    return result;
  }

  // subscribe opens a connection of its own, because a connection has one token for as long as it lasts.
  function subscribe(request, headers) {
    const name = Object.keys(headers).find((n) => n.toLowerCase() === 'authorization');
    const client = graphqlWs.createClient({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
      connectionParams: name ? { authorization: headers[name] } : {},
      shouldRetry: (event) => 'code' in event && event.code !== 4403, // it would come back with the same token
    });
    return {
      subscribe: (observer) => ({
        unsubscribe: client.subscribe(request, {
          next: (result) => observer.next(result),
          error: (error) => observer.error(describe(error)),
          complete: () => observer.complete(),
        }),
      }),
    };
  }

  function describe(error) {
    return 'code' in error ? { message: `The connection was closed: ${error.reason || 'no reason given'} (${error.code})` } : error;
  }

  function tab({ query, variables = {}, headers = {} }) {
    const pretty = (value) => JSON.stringify(value, null, 2);
    const shown = code && variables.code ? { ...variables, code } : variables;
    const own = token && headers.Authorization ? { Authorization: `Bearer ${token}` } : headers;
    return { query, variables: pretty(shown), headers: pretty(own) };
  }

  // GraphiQL takes the first tab's query from defaultTabs, but what is shown below it from its storage.
  const tabs = story.map(tab);
  if (!storage.getItem('graphiql:tabState')) {
    storage.setItem('graphiql:variables', tabs[0].variables);
    storage.setItem('graphiql:headers', tabs[0].headers);
  }

  ReactDOM.createRoot(document.getElementById('playground')).render(
    React.createElement(GraphiQL, {
      fetcher,
      storage,
      defaultTabs: tabs,
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: true,
      defaultEditorToolsVisibility: true,
    }),
  );
})();
