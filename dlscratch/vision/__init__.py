"""Tools for detection and segmentation: scenes, boxes, regions of interest, and their metrics."""

from dlscratch.vision.anchors import anchor_grid, decode, encode
from dlscratch.vision.average_precision import (
    Detections,
    Objects,
    average_precisions,
    mean_average_precision,
)
from dlscratch.vision.bilinear import hat_weights, resize
from dlscratch.vision.boxes import areas, centres, clip_boxes, iou, non_maximum_suppression
from dlscratch.vision.confusion import class_iou, confusion_matrix, mean_iou, pixel_accuracy
from dlscratch.vision.roi_align import RoIAlign
from dlscratch.vision.scenes import BACKGROUND, Scenes, draw_scenes

__all__ = [
    "BACKGROUND",
    "Detections",
    "Objects",
    "RoIAlign",
    "Scenes",
    "anchor_grid",
    "areas",
    "average_precisions",
    "centres",
    "class_iou",
    "clip_boxes",
    "confusion_matrix",
    "decode",
    "draw_scenes",
    "encode",
    "hat_weights",
    "iou",
    "mean_average_precision",
    "mean_iou",
    "non_maximum_suppression",
    "pixel_accuracy",
    "resize",
]
