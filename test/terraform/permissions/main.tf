# A task role with a permissions boundary, an inline policy, and policies of AWS and of the customer.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 6"
    }
  }
}

provider "aws" {
  region = "eu-west-1"

  endpoints {
    iam = var.endpoint
    sts = var.endpoint
  }

  default_tags {
    tags = { stack = "permissions" }
  }
}

variable "endpoint" {
  description = "The endpoint of every service."
  type        = string
}

variable "value" {
  description = "The bucket that the role may read; the second one also changes the attached policy and the boundary."
  type        = string
  default     = "first"
}

locals {
  isFirst = var.value == "first"
}

resource "aws_iam_policy" "boundary" {
  for_each = toset(["first", "second"])
  name     = "boundary-${each.key}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:*", "sqs:*"], Resource = "*" }]
  })
}

resource "aws_iam_role" "task" {
  name                 = "terraform-task"
  path                 = "/slipway/terraform/"
  permissions_boundary = aws_iam_policy.boundary[local.isFirst ? "first" : "second"].arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "task" {
  name = "slipway"
  role = aws_iam_role.task.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::${var.value}/*"] }]
  })
}

resource "aws_iam_role_policy_attachment" "task" {
  for_each = toset([
    local.isFirst ? "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess" : "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    "arn:aws:iam::aws:policy/AmazonSNSReadOnlyAccess",
  ])
  role       = aws_iam_role.task.name
  policy_arn = each.value
}
