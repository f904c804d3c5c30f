-- After citeproc: a citation links to the one list of works.
return {{
  Cite = function(cite)
    return cite:walk {
      Link = function(l)
        if l.target:match('^#ref%-') then
          l.classes = {'cite'}
          l.attributes.chapter = 'bibliography'
          return l
        end
      end
    }
  end,
  Meta = function(meta)
    for _, k in ipairs {'bibliography', 'nocite', 'link-citations',
                        'suppress-bibliography', 'references'} do
      meta[k] = nil
    end
    return meta
  end
}}
