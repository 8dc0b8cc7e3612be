package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.DuplicateRow;
import dev.remap.jobs.store.row.MomentRow;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.row.VectorRow;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/** Random rows of every table. */
public final class Rows {
  private Rows() {}

  /** Ascending keys within a range, about evenly spread. */
  public static long[] keys(int n, KeyRange range, Random random) {
    long step = (range.to() - range.from()) / n;
    long[] keys = new long[n];
    for (int i = 0; i < n; i++) {
      keys[i] = range.from() + i * step + (long) (random.nextDouble() * step);
    }
    return keys;
  }

  public static List<VectorRow> vectors(int n, int dimension, KeyRange range, Random random) {
    List<VectorRow> rows = new ArrayList<>();
    for (long key : keys(n, range, random)) {
      rows.add(vector(key, dimension, random));
    }
    return rows;
  }

  public static VectorRow vector(long key, int dimension, Random random) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    int side = 1 + random.nextInt(4000);
    return new VectorRow(
        key, Change.PUT, "image-" + key, "v" + random.nextInt(9), side, side + 1, vector);
  }

  public static List<SnapshotRow> snapshot(int n, KeyRange range, Random random) {
    List<SnapshotRow> rows = new ArrayList<>();
    for (long key : keys(n, range, random)) {
      boolean inTar = random.nextBoolean();
      boolean deleted = random.nextInt(10) == 0;
      rows.add(
          new SnapshotRow(
              key,
              deleted ? Change.DELETE : Change.PUT,
              "фото/" + key + ".jpg",
              deleted ? "" : "s3a://bucket/" + key,
              deleted ? "" : Long.toHexString(random.nextLong()),
              inTar ? OptionalLong.of(random.nextInt(1 << 30)) : OptionalLong.empty(),
              inTar ? OptionalLong.of(random.nextInt(1 << 20)) : OptionalLong.empty()));
    }
    return rows;
  }

  /** With none to five neighbours each. */
  static List<NeighborRow> neighbors(int n, KeyRange range, Random random) {
    List<NeighborRow> rows = new ArrayList<>();
    for (long key : keys(n, range, random)) {
      List<NeighborRow.Neighbor> neighbors = new ArrayList<>();
      float score = 1;
      for (int i = random.nextInt(6); i > 0; i--) {
        score -= random.nextFloat() / 10;
        long other = random.nextLong() >>> 1;
        neighbors.add(new NeighborRow.Neighbor(other, "фото/" + other, score));
      }
      rows.add(new NeighborRow(key, "image-" + key, neighbors));
    }
    return rows;
  }

  static List<DuplicateRow> duplicates(int n, KeyRange range, Random random) {
    List<DuplicateRow> rows = new ArrayList<>();
    for (long key : keys(n, range, random)) {
      long kept = random.nextBoolean() ? key : key + random.nextInt(9);
      rows.add(
          new DuplicateRow(key, "image-" + key, key / 2, kept, "kept-" + kept, random.nextFloat()));
    }
    return rows;
  }

  public static List<RejectRow> rejects(int n, KeyRange range, Random random) {
    List<RejectRow> rows = new ArrayList<>();
    for (long key : keys(n, range, random)) {
      RejectRow.Kind kind = random.nextBoolean() ? RejectRow.Kind.CONTENT : RejectRow.Kind.ACCESS;
      rows.add(
          new RejectRow(
              key,
              Change.PUT,
              "i" + key,
              "file:/" + key,
              "v",
              OptionalLong.empty(),
              OptionalLong.empty(),
              "decode",
              kind,
              "cut short",
              1 + random.nextInt(3)));
    }
    return rows;
  }

  /** A header and the whole triangle. */
  public static List<MomentRow> moments(int dimension, Random random) {
    List<MomentRow> rows = new ArrayList<>();
    for (int row = MomentRow.HEADER; row < dimension; row++) {
      int length = row == MomentRow.HEADER ? dimension : dimension - row;
      rows.add(new MomentRow(row, 17, random.doubles(length).toArray()));
    }
    return rows;
  }
}
