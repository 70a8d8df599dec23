"""METHODS: every algorithm by its name in a recipe. A new one is one file and one line here; it is loaded on first use."""

from importlib import import_module
from typing import Any

# name -> (role in the recipe, "module:Class" of its frozen hyper-parameters). Conformance, save/load and documentation
# tests find a method by its line.
METHODS: dict[str, tuple[str, str]] = {
    # retrieve
    "bm25": ("retrieve", "lexical.bm25:BM25"),
    "semantic": ("retrieve", "encoders.semantic:Semantic"),
    "multimodal": ("retrieve", "encoders.multimodal.multimodal:Multimodal"),
    "ease": ("retrieve", "collaborative.ease:EASE"),
    "als": ("retrieve", "collaborative.als:ALS"),
    "bpr": ("retrieve", "collaborative.bpr:BPR"),
    "item-knn": ("retrieve", "collaborative.item_knn:ItemKNN"),
    "user-knn": ("retrieve", "collaborative.user_knn:UserKNN"),
    "sparse-ease": ("retrieve", "collaborative.sparse_ease:SparseEASE"),
    "slim": ("retrieve", "collaborative.slim:SLIM"),
    "rp3beta": ("retrieve", "collaborative.rp3beta:RP3beta"),
    "turbo-cf": ("retrieve", "collaborative.turbo_cf:TurboCF"),
    "gf-cf": ("retrieve", "collaborative.gf_cf:GFCF"),
    "bspm": ("retrieve", "collaborative.bspm:BSPM"),
    "lightgcn": ("retrieve", "collaborative.lightgcn:LightGCN"),
    "graph-blend": ("retrieve", "collaborative.graph_blend:GraphBlend"),
    "neural-cf": ("retrieve", "collaborative.neural_cf:NeuralCF"),
    "context-tensor": ("retrieve", "collaborative.context_tensor:ContextTensor"),
    "popular": ("retrieve", "collaborative.popular:Popular"),
    "recent": ("retrieve", "collaborative.recent:Recent"),
    "bought-together": ("retrieve", "collaborative.bought_together:BoughtTogether"),
    "again": ("retrieve", "collaborative.again:Again"),
    "next-item": ("retrieve", "sequential.next_item:NextItem"),
    "stan": ("retrieve", "sequential.stan:Stan"),
    "sasrec": ("retrieve", "sequential.sasrec:SASRec"),
    "bsarec": ("retrieve", "sequential.bsarec:BSARec"),
    "hstu": ("retrieve", "sequential.hstu:HSTU"),
    "gru4rec": ("retrieve", "sequential.gru4rec:GRU4Rec"),
    "fused-sequence": ("retrieve", "sequential.fused:FusedSequence"),
    "svd": ("retrieve", "ratings.svd:SVD"),
    "biased-mf": ("retrieve", "ratings.biased_mf:BiasedMF"),
    "svd++": ("retrieve", "ratings.svd_plus_plus:SVDPlusPlus"),
    "svd-mf": ("retrieve", "ratings.svd_mf:SVDMF"),
    # understand
    "pinyin": ("understand", "lexical.pinyin:Pinyin"),
    "facets-in-words": ("understand", "understand.facets_in_words:FacetsInWords"),
    "spelling": ("understand", "lexical.spelling:Spelling"),
    "likely-category": ("understand", "understand.likely_category:LikelyCategory"),
    "synonyms": ("understand", "understand.synonyms:Synonyms"),
    # filter
    "in-stock": ("filter", "filters.in_stock:InStock"),
    "not-bought": ("filter", "filters.not_bought:NotBought"),
    "not-seen": ("filter", "filters.not_seen:NotSeen"),
    "not-in-basket": ("filter", "filters.not_in_basket:NotInBasket"),
    # columns
    "item-facts": ("columns", "columns.item_facts:ItemFacts"),
    "demand": ("columns", "columns.demand:Demand"),
    "habit": ("columns", "columns.habit:Habit"),
    "taste": ("columns", "columns.taste:Taste"),
    "words": ("columns", "columns.words:Words"),
    "category-chance": ("columns", "columns.category_chance:CategoryChance"),
    "field-words": ("columns", "lexical.field_words:FieldWords"),
    "cross-encoder": ("columns", "encoders.cross.cross_encoder:CrossEncoder"),
    # rank
    "boosted": ("rank", "ranking.boosted:Boosted"),
    "second-look": ("rank", "ranking.second_look:SecondLook"),
    # choose
    "best": ("choose", "policy.best:Best"),
    "mmr": ("choose", "policy.mmr:MMR"),
}


def method(name: str) -> type[Any]:
    """The class of a method's hyper-parameters. KeyError when METHODS has no such line."""
    module, _, cls = METHODS[name][1].partition(":")
    found: type[Any] = getattr(import_module(f"ronghe.methods.{module}"), cls)
    return found
