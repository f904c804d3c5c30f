// 0.1 with digraphs
double pair<:2:> = <% value<:(n - 1) / 2:>, value<:n / 2:> %>;
return (pair<:0:> + pair<:1:>) / 2;
