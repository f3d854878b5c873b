// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { navigate, rewriteParams, type Place } from '../../app/router';
import { formatSearch, parseSearch, searchProblem, serverOrder, type SearchQuery, type SortOrder } from '../../model/search_query';
import { sortSummaries } from '../../model/summary';
import { FirstTrace } from './first_trace';
import { ResultList } from './result_list';
import { Scatter } from './scatter';
import { SearchForm } from './search_form';
import { useSearch, useServices } from './use_search';
import './search.css';

/** Search: a form on the left, what was found on the right. The address is the query. */
export function SearchPage({ here }: { here: Place }): JSX.Element {
  const query = useMemo(() => parseSearch(here.params), [here.visit]);
  const [sort, setSort] = useState<SortOrder>(query.sort);
  const services = useServices(here.visit);
  const problem = searchProblem(query);
  const search = useSearch(query, here.visit, problem === null);
  useEffect(() => setSort(query.sort), [query]);
  useEffect(() => {
    document.title = query.service ? `${query.service} · Cairn` : 'Search · Cairn';
  }, [query]);

  const sorted = useMemo(() => sortSummaries(search.traces, sort), [search.traces, sort]);
  const submit = (next: SearchQuery) => navigate('search', formatSearch({ ...next, sort }));
  const changeSort = (order: SortOrder) => {
    setSort(order);
    if (serverOrder(order) !== serverOrder(query.sort)) return navigate('search', formatSearch({ ...query, sort: order }), true);
    rewriteParams((params) => (order === 'newest' ? params.delete('sort') : params.set('sort', order)));
  };
  const nothingYet = services.list?.length === 0 && search.state === 'done' && search.traces.length === 0;

  return (
    <div class="search-page">
      <SearchForm key={here.visit} query={query} services={services.list ?? []} onSubmit={submit} />
      <section class="results" aria-label="Results">
        {nothingYet ? <FirstTrace onRetry={() => submit(query)} /> : (
          <>
            {search.traces.length > 0 && <Scatter traces={search.traces} />}
            <ResultList search={search} traces={sorted} sort={sort} onSort={changeSort} problem={problem}
              onRetry={() => submit(query)} onWiden={(lookback) => submit({ ...query, lookback, start: null, end: null })} />
          </>
        )}
      </section>
    </div>
  );
}
