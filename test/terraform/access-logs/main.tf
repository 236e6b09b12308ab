# A bucket with all of its settings, and a load balancer that logs its requests into it.
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
  region            = "eu-west-1"
  s3_use_path_style = true

  endpoints {
    ec2   = var.endpoint
    elbv2 = var.endpoint
    s3    = var.endpoint
    sts   = var.endpoint
  }

  default_tags {
    tags = { stack = "access-logs" }
  }
}

variable "endpoint" {
  description = "The endpoint of every service."
  type        = string
}

variable "days" {
  description = "The days after which a log file expires."
  type        = number
  default     = 30
}

resource "aws_s3_bucket" "logs" {
  bucket        = "terraform-access-logs"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {
      prefix = ""
    }

    expiration {
      days = var.days
    }
  }
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.logs.arn}/web/AWSLogs/*"
    }]
  })
}

resource "aws_s3_object" "readme" {
  bucket  = aws_s3_bucket.logs.id
  key     = "README.txt"
  content = "Access logs of the load balancer."
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1${["a", "b"][count.index]}"
  cidr_block        = "10.0.${count.index}.0/24"
}

resource "aws_lb" "web" {
  name    = "web"
  subnets = aws_subnet.public[*].id

  access_logs {
    enabled = true
    bucket  = aws_s3_bucket.logs.id
    prefix  = "web"
  }

  depends_on = [aws_internet_gateway.main, aws_s3_bucket_policy.logs]
}
