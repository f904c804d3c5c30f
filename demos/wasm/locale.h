// In a page there is one locale, C.
typedef void *locale_t;
#define LC_ALL_MASK 0
#define newlocale(mask, name, base) ((void)(base), (locale_t)0)
#define uselocale(locale) ((locale_t)(locale))
