// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from './icons';

export interface ComboboxProps {
  label: string;
  value: string;
  options: readonly string[];
  /** Shown while nothing is chosen, and as the first entry, which chooses nothing. */
  anyLabel: string;
  onChange: (value: string) => void;
  inputId?: string;
}

const kMostShown = 200;

/** A text box with suggestions. Free text is allowed: the list may not be complete. */
export function Combobox(props: ComboboxProps): JSX.Element {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [filter, setFilter] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);

  const shown = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    const matching = props.options.filter((option) => option.toLowerCase().includes(wanted));
    return wanted === '' ? ['', ...matching.slice(0, kMostShown)] : matching.slice(0, kMostShown);
  }, [props.options, filter]);

  useEffect(() => {
    if (open) list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [open, active]);

  const show = () => {
    setFilter('');
    setActive(Math.max(0, props.value === '' ? 0 : props.options.indexOf(props.value) + 1));
    setOpen(true);
  };
  const choose = (value: string) => {
    props.onChange(value);
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) show();
      else setActive((at) => (at + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % Math.max(1, shown.length));
    } else if (event.key === 'Enter' && open && shown[active] !== undefined) {
      event.preventDefault();
      choose(shown[active]);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      setOpen(false);
    }
  };

  return (
    <div class="field combobox">
      <label for={props.inputId ?? id}>{props.label}</label>
      <div class="combobox-box">
        <input id={props.inputId ?? id} type="text" role="combobox" autocomplete="off" spellcheck={false}
          aria-expanded={open} aria-controls={`${id}-list`} aria-autocomplete="list"
          {...(open && shown.length > 0 ? { 'aria-activedescendant': `${id}-${active}` } : {})}
          value={props.value} placeholder={props.anyLabel}
          onInput={(e) => { props.onChange(e.currentTarget.value); setFilter(e.currentTarget.value); setActive(0); setOpen(true); }}
          onClick={() => !open && show()} onKeyDown={onKeyDown} onBlur={() => setOpen(false)} />
        <span class="combobox-arrow"><Icon name="down" /></span>
        <ul id={`${id}-list`} ref={list} role="listbox" aria-label={`${props.label}: suggestions`} hidden={!open || shown.length === 0}>
          {open && shown.map((option, i) => (
            <li key={option} id={`${id}-${i}`} role="option" aria-selected={option === props.value}
              class={i === active ? 'active' : ''}
              onMouseDown={(event) => { event.preventDefault(); choose(option); }}>
              {option === '' ? <em>{props.anyLabel}</em> : option}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
