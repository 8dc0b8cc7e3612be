package dev.remap.jobs.tune;

import dev.remap.core.evaluation.CopyKind;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.CopyQuery;
import dev.remap.jobs.evaluate.EvaluateCopiesJob;
import dev.remap.jobs.evaluate.EvaluateGroupsJob;
import dev.remap.jobs.evaluate.FileQuery;
import dev.remap.jobs.evaluate.LeaveOneOut;
import dev.remap.jobs.evaluate.QueryVectors;
import dev.remap.jobs.rerank.LeftOut;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.sample.SplitMix64;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.table.Generation;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What an index is asked with.
 *
 * @param text how many of what they are
 * @param count how many are to be described
 * @param out what they find of the index is without themselves, where they are images of it
 * @param vectors describes them
 */
record TuneQueries(String text, int count, LeftOut out, Supplier<List<QueryVectors>> vectors) {
  private static final int MOST = 100_000;

  private static final long SEED = 20180814;

  /** Queries of a block; results of one travel together. */
  private static final int BLOCK = 64;

  /** Refuses a number that cannot be meant. */
  static void requireNumber(QuerySource source) {
    boolean areCopies = source.kind() == QuerySource.Kind.COPIES;
    int most = areCopies ? MOST / CopyKind.values().length : MOST;
    if (source.number() < 1 || source.number() > most) {
      throw new InputException(
          "%s is %d: give a number of images from 1 to %,d",
          areCopies ? "--copies" : "--queries", source.number(), most);
    }
  }

  /** How many there are, as far as that is known before they are looked for. */
  static long most(QuerySource source, long entries) {
    return switch (source.kind()) {
      case SAMPLE -> Math.min(source.number(), entries);
      case COPIES -> CopyKind.values().length * Math.min(source.number(), entries);
      case GROUPS, IMAGES, VECTORS -> 0;
    };
  }

  /** Finds them, the same every time. */
  static TuneQueries of(JobContext context, Generation generation, QuerySource source) {
    return switch (source.kind()) {
      case SAMPLE -> sampled(context, generation, source.number());
      case COPIES -> copies(context, generation, source.number());
      case GROUPS -> labelled(context, generation, source);
      case IMAGES, VECTORS -> given(context, generation, source);
    };
  }

  private static TuneQueries sampled(JobContext context, Generation generation, int number) {
    List<KeySample.Drawn> rows = KeySample.vectors(context, generation.vectors(), number, SEED);
    return indexed(
        Plain.format("%,d of %,d images", rows.size(), generation.entries(context.store())),
        rows,
        KeySample.Drawn::key,
        KeySample.Drawn::vector);
  }

  private static TuneQueries labelled(
      JobContext context, Generation generation, QuerySource source) {
    LeaveOneOut<EvaluateGroupsJob.Labelled> groups =
        EvaluateGroupsJob.labelled(context, generation.vectors(), source.place());
    List<EvaluateGroupsJob.Labelled> all = groups.images();
    List<EvaluateGroupsJob.Labelled> drawn =
        drawn(all, EvaluateGroupsJob.Labelled::key, source.number());
    return indexed(
        Plain.format(
            "%,d of %,d images in %,d groups", drawn.size(), all.size(), groups.groups().size()),
        drawn,
        EvaluateGroupsJob.Labelled::key,
        EvaluateGroupsJob.Labelled::vector);
  }

  private static <T> TuneQueries indexed(
      String text, List<T> images, ToLongFunction<T> key, Function<T, float[]> vector) {
    LeftOut out = LeftOut.nothing();
    images.forEach(image -> out.own().put(key.applyAsLong(image), key.applyAsLong(image)));
    List<QueryVectors> described =
        QueryBlock.split(images, BLOCK, key, vector).stream()
            .map(block -> new QueryVectors(block, List.of()))
            .toList();
    return new TuneQueries(text, images.size(), out, () -> described);
  }

  private static TuneQueries copies(JobContext context, Generation generation, int images) {
    List<CopyQuery> copies = EvaluateCopiesJob.copies(context, generation, images);
    int kinds = CopyKind.values().length;
    return new TuneQueries(
        Plain.format("%,d copies of %,d images", copies.size(), copies.size() / kinds),
        copies.size(),
        LeftOut.nothing(),
        () -> QueryVectors.collect(context, generation, copies));
  }

  private static TuneQueries given(JobContext context, Generation generation, QuerySource source) {
    boolean areVectors = source.kind() == QuerySource.Kind.VECTORS;
    if (areVectors != generation.isGiven(context.store())) {
      throw new InputException(
          areVectors
              ? "Generation %d of '%s' is one of images: give --image rather than --vectors"
              : "Generation %d of '%s' is one of given vectors: give --vectors rather than --image",
          generation.number(),
          generation.index());
    }
    List<FileQuery> all = FileQuery.of(context, generation, source.place());
    List<FileQuery> drawn = drawn(all, FileQuery::id, source.number());
    return new TuneQueries(
        Plain.format(
            "%,d of %,d %s of %s",
            drawn.size(), all.size(), areVectors ? "vectors" : "images", source.place()),
        drawn.size(),
        LeftOut.nothing(),
        () -> QueryVectors.collect(context, generation, drawn));
  }

  private static <T> List<T> drawn(List<T> all, ToLongFunction<T> id, int number) {
    return all.stream()
        .sorted(
            Comparator.comparingDouble((T one) -> SplitMix64.unit(id.applyAsLong(one), SEED))
                .thenComparingLong(id))
        .limit(number)
        .toList();
  }
}
